// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.StopSignal;
import io.userevents.cli.console.Text;
import io.userevents.tracepoint.RegistrationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code user-events demo}: exports metrics, reads them back and compares both ends. */
@Command(
    name = "demo",
    description = {
      "Record on every kind of OpenTelemetry instrument, export to the kernel's tracepoint, read it"
          + " back, and print each data point.",
      "If the kernel cannot be used, the points go through memory instead (loopback).",
      "The last line counts the points that were sent and the points that came back."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:every point came back",
      "1:not every point came back, or the demo failed",
      ExitCode.USAGE_LINE,
      ExitCode.SIGHUP_LINE,
      ExitCode.SIGINT_LINE,
      ExitCode.CLOSED_PIPE_LINE,
      ExitCode.SIGTERM_LINE
    },
    footerHeading = "%nExample:%n",
    footer = {"  user-events demo --seconds 10"})
public final class DemoCommand implements Callable<Integer> {

  private static final Logger LOGGER = Logger.getLogger(DemoCommand.class.getName());
  private static final int MAX_SECONDS = 3600;

  private final StopSignal stop;
  private final String mainClass;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Record for N seconds, 1 to 3600. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = {
        "Print text, jsonl (an object for each point as it arrives, and one for the summary), or"
            + " json (one document at the end). Default: ${DEFAULT-VALUE}."
      })
  private Format format = Format.text;

  /** The names are those of the option's values. */
  enum Format {
    text,
    json,
    jsonl
  }

  @ArgGroup private Way way = new Way();

  /** The way of the events. The user chooses at most one. */
  static final class Way {

    @Option(
        names = "--kernel",
        description =
            "Boot the test kernel in QEMU and run the demo in it. The first run takes minutes. Needs"
                + " the project's sources.")
    private boolean inTestKernel;

    @Option(names = "--loopback", description = "Use memory even if the kernel could be used.")
    private boolean isLoopback;

    @Option(names = "--no-loopback", description = "Fail if the kernel cannot be used.")
    private boolean isKernelOnly;
  }

  /**
   * Creates a demo that ends early once the signal is raised.
   *
   * @param mainClass of this command, for the test machine
   */
  public DemoCommand(StopSignal stop, String mainClass) {
    this.stop = stop;
    this.mainClass = mainClass;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be 1 to " + MAX_SECONDS + ": " + seconds);
    }
    if (way.inTestKernel) {
      return runInTestKernel();
    }
    Rows rows =
        format == Format.text ? new RowPrinter(out()) : new JsonRows(out(), format == Format.json);
    DemoSummary summary = run(rows);
    rows.end(summary);
    List<String> problems = summary.problems();
    if (problems.isEmpty()) {
      return 0;
    }
    err().println("user-events: demo failed: " + String.join("; ", problems));
    return 1;
  }

  private DemoSummary run(Rows rows) throws IOException, InterruptedException {
    if (!way.isLoopback) {
      String reason;
      try (Readback kernel = KernelReadback.create()) {
        return demo(rows).run(kernel);
      } catch (RegistrationException | Demo.AttachException e) {
        reason = String.valueOf(e.getMessage());
      }
      if (way.isKernelOnly) {
        throw new CommandException(reason);
      }
      LOGGER.log(Level.INFO, reason);
      err()
          .println(
              "user-events: loopback, since this kernel cannot be used ("
                  + Text.firstClause(reason)
                  + "); "
                  + KernelHint.ofThisMachine());
    }
    try (Readback loopback = new LoopbackReadback()) {
      return demo(rows).run(loopback);
    }
  }

  private Demo demo(Rows rows) {
    return new Demo(Duration.ofSeconds(seconds), rows, err(), stop);
  }

  private int runInTestKernel() throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of("demo", "--no-loopback", "--seconds=" + seconds, "--format=" + format));
    if (isVerbose()) {
      arguments.add("--verbose");
    }
    return KernelMachine.ofThisProject(mainClass)
        .run(arguments, Duration.ofSeconds(seconds), out(), err(), stop);
  }

  private boolean isVerbose() {
    return spec.root().findOption("--verbose").<Boolean>getValue();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
