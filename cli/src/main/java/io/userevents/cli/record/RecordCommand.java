// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.capture.CaptureOptions;
import io.userevents.cli.capture.Captures;
import io.userevents.cli.capture.LimitOptions;
import io.userevents.cli.capture.SampleCapture;
import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.Json;
import io.userevents.cli.console.SizeConverter;
import io.userevents.cli.console.StopSignal;
import io.userevents.listener.file.EventFileException;
import io.userevents.tracepoint.EventLayout;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code user-events record}: writes the events of this machine to files. */
@Command(
    name = "record",
    description = {
      "Write the events that applications of this machine export to a file that 'user-events"
          + " decode', 'perf script' and 'perf report' read.",
      "If the command is killed, the file has all events except those of the last fifth of a"
          + " second. Ctrl-C, SIGTERM and SIGHUP end the command in order. A line on standard error"
          + " then counts the events that were received and lost."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:a limit was reached, or Ctrl-C ended it",
      "1:the command failed, or the file could not be written, for example on a full disk",
      ExitCode.USAGE_LINE,
      "129:SIGHUP ended it in order because its terminal was closed (use nohup to keep it running)",
      ExitCode.SIGINT_LINE,
      ExitCode.CLOSED_PIPE_LINE,
      "143:SIGTERM ended it in order"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo user-events record metrics.data --seconds 60",
      "  sudo user-events record /var/tmp/metrics.data --max-size 100M"
    })
public final class RecordCommand implements Callable<Integer> {

  private final StopSignal stop;
  private final SampleCaptureOpener opener;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Write to this file. It must not exist yet.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "--event",
      paramLabel = "NAME",
      description =
          "Read this tracepoint. May be repeated. Default: " + EventLayout.OTLP_METRICS + ".")
  private @Nullable List<String> events;

  @Mixin private CaptureOptions captureOptions = new CaptureOptions();
  @Mixin private LimitOptions limitOptions = new LimitOptions();

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description =
          "Continue in FILE.1, FILE.2 and so on when a file has this size: bytes, or a number with"
              + " K, M or G; at least 64K. Each file can be decoded alone.")
  private @Nullable Long maxSize;

  @Option(
      names = "--force",
      description = "First remove FILE, FILE.1, FILE.2 and so on, if they exist.")
  private boolean isForced;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = {
        "Print text, json (one object at the end with the files and the counts), or jsonl (an"
            + " object for each complete file, and one with the counts at the end). JSON goes to"
            + " standard output. Default: ${DEFAULT-VALUE}."
      })
  private Format format = Format.text;

  /** The names are those of the option's values. */
  enum Format {
    text,
    json,
    jsonl
  }

  /** Creates a command that ends once the signal is raised. */
  public RecordCommand(StopSignal stop) {
    this(stop, Captures::openSamples);
  }

  RecordCommand(StopSignal stop, SampleCaptureOpener opener) {
    this.stop = stop;
    this.opener = opener;
  }

  @Override
  public Integer call() throws IOException {
    long limit = limit();
    // Wrong limits are reported before any file is removed.
    long unused = limitOptions.ns() + limitOptions.count();
    int bufferKb = captureOptions.bufferKb();
    List<String> names = names();
    List<Path> earlier = RecordFiles.earlier(file, isForced);
    stop.raiseOnTermination();
    PrintWriter err = spec.commandLine().getErr();
    Progress progress = Progress.onTerminal();
    RecordSummary summary;
    try (SampleCapture capture = opener.open(names, captureOptions.facility(), bufferKb)) {
      RecordFiles.remove(earlier);
      summary = record(capture, limit, progress);
    }
    err.println("user-events: " + summary.text());
    err.flush();
    return stop.exitCode();
  }

  /** Records, and returns the summary. */
  private RecordSummary record(SampleCapture capture, long limit, Progress progress)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Consumer<RecordedPart> onFinished =
        part -> {
          if (format == Format.jsonl) {
            out.println(part.addTo(new Json()));
            out.flush();
          }
        };
    try (RecordFiles files = new RecordFiles(file, limit, capture.formats(), onFinished)) {
      try {
        new Recording(capture, files, limitOptions, progress, stop).run();
        files.finish();
      } catch (EventFileException e) {
        throw failed(e, capture, files);
      } finally {
        progress.end();
      }
      RecordSummary summary = summary(capture, files);
      print(summary, files, out);
      return summary;
    }
  }

  private void print(RecordSummary summary, RecordFiles files, PrintWriter out) {
    if (format == Format.text) {
      return;
    }
    Json json = new Json().begin();
    if (format == Format.json) {
      json.name("files").beginArray();
      files.finished().forEach(part -> part.addTo(json));
      json.endArray();
    }
    out.println(summary.addTo(json).end());
    out.flush();
  }

  private CommandException failed(IOException e, SampleCapture capture, RecordFiles files)
      throws IOException {
    return new CommandException(
        e.getMessage()
            + "; make room, or record to another disk; "
            + summary(capture, files).text(),
        e);
  }

  private long limit() {
    Long size = maxSize;
    if (size != null && size < RecordFiles.MIN_LIMIT) {
      throw new ParameterException(
          spec.commandLine(), "--max-size must be 64K or more: " + size + " bytes");
    }
    return size == null ? Long.MAX_VALUE : size;
  }

  private List<String> names() {
    List<String> names = events == null ? List.of(EventLayout.OTLP_METRICS) : events;
    for (String name : names) {
      try {
        EventLayout.requireValidName(name);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--event: " + e.getMessage(), e);
      }
    }
    return names.stream().distinct().toList();
  }

  private RecordSummary summary(SampleCapture capture, RecordFiles files) throws IOException {
    return new RecordSummary(
        file, files.files(), files.events(), files.sizeBytes(), capture.source(), capture.counts());
  }
}
