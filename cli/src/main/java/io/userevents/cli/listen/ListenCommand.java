// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.capture.CaptureOptions;
import io.userevents.cli.capture.Captures;
import io.userevents.cli.capture.LimitOptions;
import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import io.userevents.cli.series.SeriesFilter;
import io.userevents.cli.sink.FilterOptions;
import io.userevents.cli.sink.LineOutput;
import io.userevents.cli.sink.OtlpSink;
import io.userevents.cli.sink.Output;
import io.userevents.cli.sink.SeriesSink;
import io.userevents.cli.sink.Sink;
import io.userevents.tracepoint.EventLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code user-events listen}: shows the metrics of this machine as they arrive. */
@Command(
    name = "listen",
    description = {
      "Show the metrics that applications of this machine export to the tracepoint.",
      "On a terminal, a table of all series is refreshed in place. Otherwise, each point is a line."
          + " Sums of deltas start at 0 when the command starts. Quantiles of histograms are"
          + " estimates.",
      "At the end, a line on standard error counts the events that were received and lost, and"
          + " names the cause of each loss. Ctrl-C, SIGTERM and SIGHUP end the command in order."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:a limit was reached, or Ctrl-C ended it",
      ExitCode.FAILURE_LINE,
      ExitCode.USAGE_LINE,
      "129:SIGHUP ended it in order because its terminal was closed (use nohup to keep it running)",
      ExitCode.SIGINT_LINE,
      ExitCode.CLOSED_PIPE_LINE,
      "143:SIGTERM ended it in order"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo user-events listen --metric 'http.server.*'",
      "  sudo user-events listen --once --format json"
    })
public final class ListenCommand implements Callable<Integer> {

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int PIPED_WIDTH = 120;

  /** The time to read the kernel's buffers at the end. It is enough if the output is read. */
  private static final Duration TERMINATION = Duration.ofSeconds(5);

  private static final String PROBE = "…▁█";

  private final StopSignal stop;
  private final CaptureOpener opener;
  private final Duration termination;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private FilterOptions filterOptions = new FilterOptions();

  @Option(
      names = "--once",
      description =
          "Print all series once, one second after the first point, as a table or one JSON"
              + " document.")
  private boolean isOnce;

  @Mixin private LimitOptions limitOptions = new LimitOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = {
        "Print text, jsonl (an object for each point, with sums and rates), json (one document of"
            + " all series at the end), or otlp (the unchanged points in OTLP JSON, one request per"
            + " line). Default: ${DEFAULT-VALUE}."
      })
  private Format format = Format.text;

  @Option(
      names = "--event",
      paramLabel = "NAME",
      defaultValue = EventLayout.OTLP_METRICS,
      description = "Read this tracepoint. Default: ${DEFAULT-VALUE}.")
  private String event = EventLayout.OTLP_METRICS;

  @Mixin private CaptureOptions captureOptions = new CaptureOptions();

  /** The names are those of the option's values. */
  enum Format {
    text,
    json,
    jsonl,
    otlp
  }

  /** Creates a listener that ends once the signal is raised. */
  public ListenCommand(StopSignal stop) {
    this(stop, Captures::open, TERMINATION);
  }

  /** One that ends itself, after a SIGTERM or SIGHUP, if it takes longer than that to end. */
  ListenCommand(StopSignal stop, CaptureOpener opener, Duration termination) {
    this.stop = stop;
    this.opener = opener;
    this.termination = termination;
  }

  @Override
  public Integer call() throws IOException {
    Limits limits = limits();
    SeriesFilter filter = filterOptions.filter();
    int bufferKb = captureOptions.bufferKb();
    stop.raiseOnTermination();
    stop.exitAfterTermination(termination);
    String summary;
    // Opened before the screen is taken over, so that an error is visible.
    try (Capture capture = opener.open(event, captureOptions.facility(), bufferKb);
        Sink sink = sink(filter)) {
      summary = new Listening(capture, sink, limits, stop).run();
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("user-events: " + summary);
    err.flush();
    return stop.exitCode();
  }

  private Limits limits() {
    return new Limits(limitOptions.ns(), limitOptions.count(), isOnce ? SECOND_NS : Long.MAX_VALUE);
  }

  private Sink sink(SeriesFilter filter) throws IOException {
    return format == Format.otlp
        ? new OtlpSink(spec.commandLine().getOut(), false, filter)
        : new SeriesSink(filter, output());
  }

  private Output output() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    TableView view = new TableView(StandardOutput.charset().newEncoder().canEncode(PROBE));
    if (format == Format.json || (isOnce && format == Format.text)) {
      int width = StandardOutput.isTerminal() ? terminalWidth() : PIPED_WIDTH;
      return new OnceOutput(out, format == Format.json, view, width);
    }
    if (format == Format.text && StandardOutput.isTerminal()) {
      Screen screen = Screen.open();
      if (screen != null) {
        return new ScreenOutput(screen, view, out, stop::hangUp);
      }
    }
    return new LineOutput(
        out, format == Format.jsonl ? LineOutput.Style.JSON : LineOutput.Style.TEXT);
  }

  private static int terminalWidth() throws IOException {
    int width = Screen.widthOfTerminal();
    return width > 0 ? width : PIPED_WIDTH;
  }
}
