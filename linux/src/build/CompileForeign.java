// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compiles the classes of {@code META-INF/versions/22} with any JDK of this machine that can, which
 * need not be the one that runs Maven: the tests are run by the latter. Without one it says so, and
 * the archive lacks these classes; the build of a release then fails.
 *
 * <p>Arguments: folder of the sources, class path, folder of the classes, whether they are
 * required.
 */
final class CompileForeign {

  private static final int RELEASE = 22;
  private static final List<String> PARENTS = List.of("/usr/lib/jvm", "/opt/java", "/opt");

  private CompileForeign() {}

  public static void main(String[] arguments) throws Exception {
    Path sources = Path.of(arguments[0]);
    Path classes = Path.of(arguments[2]);
    boolean isRequired = Boolean.parseBoolean(arguments[3]);
    Optional<Path> compiler = compiler();
    if (compiler.isEmpty()) {
      String message =
          "No JDK "
              + RELEASE
              + " or newer was found, so this build has no system calls by java.lang.foreign: install"
              + " one below /usr/lib/jvm, or set JDK_HOME to it. Looked at "
              + candidates();
      if (isRequired) {
        System.err.println("[ERROR] " + message);
        System.exit(1);
      }
      System.out.println("[WARNING] " + message);
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(compiler.get().toString());
    command.addAll(
        List.of(
            "--release",
            Integer.toString(RELEASE),
            "-Xlint:all,-options",
            "-Werror",
            "-XDstringConcat=inline"));
    command.addAll(List.of("-proc:none", "-g", "-cp", arguments[1], "-d", classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .map(Path::toString)
          .filter(file -> file.endsWith(".java"))
          .sorted()
          .forEach(command::add);
    }
    Files.createDirectories(classes);
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    // The tests run the archive on it.
    Files.writeString(
        Path.of(arguments[4]), String.valueOf(compiler.get().getParent().getParent()));
    System.exit(status);
  }

  private static Optional<Path> compiler() throws IOException {
    for (Path home : candidates()) {
      Path compiler = home.resolve("bin").resolve("javac");
      if (Files.isExecutable(compiler) && release(home) >= RELEASE) {
        return Optional.of(compiler);
      }
    }
    return Optional.empty();
  }

  /** The JDK that runs this, those that the environment names, and those that are installed. */
  private static List<Path> candidates() throws IOException {
    List<Path> homes = new ArrayList<>();
    homes.add(Path.of(System.getProperty("java.home")));
    for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
      if (variable.getKey().matches("(JAVA|JDK)(_?\\d+)?_HOME(_\\d+.*)?")
          && !variable.getValue().isBlank()) {
        homes.add(Path.of(variable.getValue()));
      }
    }
    List<Path> parents = new ArrayList<>();
    PARENTS.forEach(parent -> parents.add(Path.of(parent)));
    parents.add(Path.of(System.getProperty("user.home"), ".sdkman/candidates/java"));
    parents.add(Path.of(System.getProperty("user.home"), ".jdks"));
    for (Path parent : parents) {
      if (Files.isDirectory(parent)) {
        try (Stream<Path> installed = Files.list(parent)) {
          installed.filter(Files::isDirectory).sorted().forEach(homes::add);
        }
      }
    }
    return homes;
  }

  /** By the file that each JDK has, so that none is started; 0 if it says nothing. */
  private static int release(Path home) throws IOException {
    Path file = home.resolve("release");
    if (!Files.isReadable(file)) {
      return 0;
    }
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("JAVA_VERSION=")) {
        String digits = line.replaceAll("^JAVA_VERSION=\"?(\\d+).*$", "$1");
        return digits.matches("\\d+") ? Integer.parseInt(digits) : 0;
      }
    }
    return 0;
  }
}
