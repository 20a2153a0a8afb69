// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.StopSignal;
import io.userevents.cli.console.Text;
import io.userevents.cli.series.SeriesFilter;
import io.userevents.cli.sink.FilterOptions;
import io.userevents.cli.sink.LineOutput;
import io.userevents.cli.sink.OtlpSink;
import io.userevents.cli.sink.SeriesSink;
import io.userevents.cli.sink.Sink;
import io.userevents.listener.file.EventFileException;
import io.userevents.tracepoint.EventLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code user-events decode}: prints the metrics in files of perf and trace-cmd. */
@Command(
    name = "decode",
    description = {
      "Print the metrics in files of 'user-events record', 'perf record' or 'trace-cmd record'.",
      "At the end, a line on standard error counts the events that were read. Further lines count"
          + " the events that a file reports as lost."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:all events were read, also from a file whose end is cut off",
      ExitCode.FAILURE_LINE,
      ExitCode.USAGE_LINE,
      "65:a file is malformed; the events before the fault were printed",
      ExitCode.SIGHUP_LINE,
      "130:Ctrl-C ended it (with standard input, a second Ctrl-C)",
      ExitCode.CLOSED_PIPE_LINE,
      ExitCode.SIGTERM_LINE
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  user-events decode perf.data --metric 'http.server.*'",
      "  sudo perf record -a --no-buffering -e user_events:otlp_metrics -o - |",
      "    user-events decode -"
    })
public final class DecodeCommand implements Callable<Integer> {

  private final StopSignal stop;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Read these files, one after the other. - means standard input.")
  private List<String> files = new ArrayList<>();

  @Mixin private FilterOptions filterOptions = new FilterOptions();

  @Option(
      names = "--event",
      paramLabel = "NAME",
      description =
          "Select events of this tracepoint. May be repeated. Default: all with an exporter's"
              + " layout.")
  private List<String> events = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = {
        "Print text (the time of each point, then a line as in listen), jsonl (an"
            + " ExportMetricsServiceRequest in OTLP JSON on one line for each event), or json"
            + " (one request with all events). Default: ${DEFAULT-VALUE}."
      })
  private Format format = Format.text;

  @Option(
      names = "--raw",
      paramLabel = "DIR",
      description =
          "Write the payload of each event to a separate file in this folder instead of printing"
              + " points. The name is NUMBER-TIME-pidPID.pb.")
  private @Nullable Path raw;

  @Option(names = "--force", description = "Use the folder of --raw even if it is not empty.")
  private boolean isForced;

  /** The names are those of the option's values. */
  enum Format {
    text,
    json,
    jsonl
  }

  /** Creates a command that ends early once the signal is raised. */
  public DecodeCommand(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws IOException {
    for (String event : events) {
      requireValid(event);
    }
    if (files.stream().filter(FileReading.STANDARD_INPUT::equals).count() > 1) {
      throw new ParameterException(spec.commandLine(), "standard input can be read only once");
    }
    SeriesFilter filter = filterOptions.filter();
    // Before the folder is made, so that a wrong name leaves nothing behind.
    List<FileReading> readings = new ArrayList<>();
    for (String file : files) {
      readings.add(new FileReading(file, events, stop));
    }
    Path folder = raw;
    if (folder != null) {
      return decode(readings, new RawSink(RawFolder.open(folder, isForced), filter));
    }
    try (Sink sink = sink(filter)) {
      return decode(readings, new PointSink(sink));
    }
  }

  private void requireValid(String event) {
    try {
      EventLayout.requireValidName(event);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--event: " + e.getMessage(), e);
    }
  }

  private Sink sink(SeriesFilter filter) {
    PrintWriter out = spec.commandLine().getOut();
    return switch (format) {
      case text -> new SeriesSink(filter, new LineOutput(out, LineOutput.Style.TIME_AND_TEXT));
      case json -> new OtlpSink(out, true, filter);
      case jsonl -> new OtlpSink(out, false, filter);
    };
  }

  private int decode(List<FileReading> readings, EventSink sink) throws IOException {
    int exitCode = ExitCode.OK;
    List<FileReading> read = new ArrayList<>();
    for (FileReading reading : readings) {
      read.add(reading);
      try {
        reading.run(sink);
      } catch (EventFileException e) {
        exitCode = explain(e);
        break;
      }
      if (stop.isRaised()) {
        exitCode = files.contains(FileReading.STANDARD_INPUT) ? ExitCode.OK : ExitCode.SIGINT;
        break;
      }
    }
    sink.end();
    PrintWriter err = spec.commandLine().getErr();
    long events = read.stream().mapToLong(FileReading::events).sum();
    err.println("user-events: read " + events + " events, " + sink.summary());
    for (FileReading reading : read) {
      String losses = reading.losses();
      if (!losses.isEmpty()) {
        err.println(
            "user-events: " + Text.printable(reading.name()) + losses.replaceFirst(";", ":"));
      }
    }
    err.flush();
    return exitCode;
  }

  private int explain(EventFileException e) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("user-events: " + Text.printable(String.valueOf(e.getMessage())));
    boolean isMalformed = e.getCause() == null && e.offset() != EventFileException.NO_OFFSET;
    return isMalformed ? ExitCode.MALFORMED : ExitCode.FAILURE;
  }
}
