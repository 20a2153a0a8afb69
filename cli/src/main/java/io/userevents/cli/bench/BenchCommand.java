// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.bench;

import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code user-events bench}: measures, and writes a report with plots. */
@Command(
    name = "bench",
    description = {
      "Measure the cost of the exporter, its pipeline and alternatives, and write a report with"
          + " plots. Needs the project's sources.",
      "The command builds the benchmarks first, so it does not run from the archive. Run it on an"
          + " idle machine. It also measures a program in C if gcc is installed, and the Rust crate"
          + " if cargo is installed."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:the report is written",
      "1:an experiment failed; the report has the other experiments",
      ExitCode.USAGE_LINE,
      ExitCode.SIGHUP_LINE,
      "130:Ctrl-C ended it",
      ExitCode.SIGTERM_LINE
    },
    footerHeading = "%nExample:%n",
    footer = {"  user-events bench --only publish,drain --output report"})
public final class BenchCommand implements Callable<Integer> {

  /** The property with the folder of the project. The launcher sets it. */
  static final String HOME_PROPERTY = "userevents.home";

  static final String PROGRAM = "io.userevents.bench.Bench";
  private static final String JAR = "jmh/target/benchmarks.jar";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path home = home(System.getProperty(HOME_PROPERTY));
    PrintWriter err = spec.commandLine().getErr();
    err.println("user-events: building the benchmarks");
    err.flush();
    int built = run(build(), home);
    if (built != 0) {
      throw new CommandException(
          "the benchmarks could not be built: mvn ended with status "
              + built
              + "; its output above has the reason");
    }
    return run(program(home), null);
  }

  static Path home(@Nullable String property) throws CommandException {
    if (property == null) {
      throw new CommandException(
          "the benchmarks are part of the project's sources: start the command with their script"
              + " user-events, or set -D"
              + HOME_PROPERTY
              + "=FOLDER");
    }
    Path home = Path.of(property).toAbsolutePath();
    if (!Files.exists(home.resolve("jmh/pom.xml"))) {
      throw new CommandException(
          "the benchmarks are missing: no file "
              + home.resolve("jmh/pom.xml")
              + "; "
              + HOME_PROPERTY
              + "="
              + property);
    }
    return home;
  }

  private static List<String> build() {
    return List.of(
        "mvn", "-B", "-q", "-Pquick", "-Dmaven.test.skip", "package", "-pl", "jmh", "-am");
  }

  private List<String> program(Path home) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", home.resolve(JAR).toString(), PROGRAM));
    command.addAll(options.toArguments());
    return command;
  }

  private static int run(List<String> command, @Nullable Path folder)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new CommandException(
          "cannot start " + command.get(0) + ", which the benchmarks need: " + e.getMessage(), e);
    }
    try {
      return process.waitFor();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }
}
