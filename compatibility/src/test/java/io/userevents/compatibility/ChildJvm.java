// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/** Runs a program in a separate JVM and keeps its output. */
final class ChildJvm {

  private static final long LIMIT_SECONDS = 300;

  /** Level and text on one line, so that warnings of a logger and of the JVM can be told apart. */
  private static final String LOG_FORMAT =
      "-Djava.util.logging.SimpleFormatter.format=%4$s %5$s%6$s%n";

  private static final String LOG_LINE = "WARNING ";

  /** The output and the exit value of a program. */
  record Output(int exitValue, String stdout, String stderr) {

    /** Returns the messages that its loggers wrote at WARNING. */
    List<String> warnings() {
      return stderr
          .lines()
          .filter(line -> line.startsWith(LOG_LINE))
          .map(line -> line.substring(LOG_LINE.length()))
          .toList();
    }

    /** Asserts that it ended well and logged one warning and no trace, and returns the warning. */
    String oneWarning() {
      assertThat(exitValue).as(toString()).isZero();
      assertThat(stderr).doesNotContain("\tat ");
      assertThat(warnings()).as(toString()).hasSize(1);
      return warnings().get(0);
    }
  }

  private final Path javaHome;
  private final List<String> options = new ArrayList<>();

  private ChildJvm(Path javaHome) {
    this.javaHome = javaHome;
    options.add(LOG_FORMAT);
    options.add("-XX:TieredStopAtLevel=1");
    options.add("-XX:+UseSerialGC");
  }

  /** The Java of this process. */
  static ChildJvm ofThisJava() {
    return new ChildJvm(Path.of(System.getProperty("java.home")));
  }

  /** The Java with this home. */
  static ChildJvm ofHome(Path javaHome) {
    return new ChildJvm(javaHome);
  }

  /** The newest Java of this machine, if it is at least this version. */
  static Optional<ChildJvm> ofNewestJava(int version) throws IOException {
    SortedMap<Integer, Path> homes = Javas.homes();
    int newest = homes.lastKey();
    return newest < version
        ? Optional.empty()
        : Optional.of(new ChildJvm(requireNonNull(homes.get(newest))));
  }

  ChildJvm with(String... added) {
    options.addAll(List.of(added));
    return this;
  }

  /** Runs the program with exactly this class path. */
  Output run(ClassPath classPath, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    with("-cp", classPath.toString(), program.getName());
    return run(arguments);
  }

  /** Runs what the options say. */
  Output run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(options);
    command.addAll(List.of(arguments));
    Path stdout = Files.createTempFile("child", ".out");
    Path stderr = Files.createTempFile("child", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(stdout.toFile())
              .redirectError(stderr.toFile());
      // What the environment of the build adds is not what is tested.
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      builder.environment().remove("JDK_JAVA_OPTIONS");
      Process process = builder.start();
      try {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("%s", command).isTrue();
      } finally {
        process.destroyForcibly();
      }
      return new Output(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
    } finally {
      Files.delete(stdout);
      Files.delete(stderr);
    }
  }
}
