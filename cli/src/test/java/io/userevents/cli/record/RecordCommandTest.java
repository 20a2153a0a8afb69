// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.Events;
import io.userevents.cli.Executed;
import io.userevents.cli.capture.Capture;
import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.SizeConverter;
import io.userevents.cli.console.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class RecordCommandTest {

  private static final byte[] EVENT = Events.gauge("shop", "load", "buy", 1, 0.5);

  @TempDir private Path folder;
  private final StopSignal stop = new StopSignal();
  private final ScriptedSampleCapture capture = new ScriptedSampleCapture();

  private Path file() {
    return folder.resolve("metrics.data");
  }

  private Executed record(String... arguments) {
    return recordTo(file(), arguments);
  }

  private Executed recordTo(Path file, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(
                new RecordCommand(
                    stop,
                    (names, facility, bufferKb) -> {
                      if (capture.refusal != null) {
                        throw new CommandException(capture.refusal);
                      }
                      capture.names.addAll(names);
                      return capture;
                    }))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  line.getErr().println(e.getMessage());
                  return 1;
                });
    String[] all =
        Stream.concat(Stream.of(file.toString()), Arrays.stream(arguments)).toArray(String[]::new);
    return new Executed(command.execute(all), out.toString(), err.toString());
  }

  private static long decodedEvents(Path file) {
    Executed decoded = Executed.command("decode", file.toString(), "--format=jsonl");
    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    return decoded.lines().size();
  }

  @Test
  void shouldRecordEventsAndSayWhatWasReceivedAndLost() throws Exception {
    capture.batches.add(List.of(EVENT, EVENT));
    capture.batches.add(List.of(EVENT));
    capture.lost = 7;

    Executed recorded = record("--count=3");

    assertThat(recorded.exitCode()).as(recorded.err()).isZero();
    assertThat(recorded.out()).isEmpty();
    assertThat(recorded.err())
        .matches(
            "user-events: recorded 3 events, [0-9.]+ KiB in \\Q"
                + file()
                + "\\E; received 3 by script; lost 7 \\(kernel 7\\)\\R");
    assertThat(capture.isClosed).isTrue();
    assertThat(capture.names).containsExactly("otlp_metrics");
    assertThat(decodedEvents(file())).isEqualTo(3);
    assertThat(Executed.command("decode", file().toString()).err())
        .contains("7 events lost while it was recorded");
  }

  @Test
  void shouldSayThatItWasInterrupted() {
    capture.batches.add(List.of(EVENT));
    capture.interruptions = 1;

    Executed recorded = record("--count=1");

    assertThat(recorded.err())
        .contains("; lost 0; interrupted 1 time, and the events of that time are not counted");
  }

  @Test
  void shouldStopAtTheExactNumberOfEvents() {
    capture.batches.add(Collections.nCopies(10, EVENT));

    Executed recorded = record("--count=4");

    assertThat(recorded.err()).contains("recorded 4 events", "received 10 ");
    assertThat(decodedEvents(file())).isEqualTo(4);
  }

  @Test
  void shouldRecordWhatIsLeftWhenStopped() {
    stop.raise();
    capture.batchesWhileDetaching.add(List.of(EVENT));

    Executed recorded = record();

    assertThat(recorded.exitCode()).isZero();
    assertThat(decodedEvents(file())).isEqualTo(1);
  }

  @Test
  void shouldEndAfterItsTimeWithoutEvents() {
    Executed recorded = record("--seconds=1");

    assertThat(recorded.exitCode()).isZero();
    assertThat(recorded.err()).contains("recorded 0 events");
    assertThat(decodedEvents(file())).isZero();
  }

  @Test
  void shouldGoOnInFurtherFilesThatDecodeAlone() throws Exception {
    byte[] event = Events.gauge("shop", "load", "x".repeat(3000), 1, 0.5);
    capture.batches.add(Collections.nCopies(30, event));
    capture.batches.add(Collections.nCopies(30, event));

    Executed recorded = record("--count=60", "--max-size=64k");

    assertThat(recorded.err()).contains(file() + " and 2 that follow it");
    long events = 0;
    for (String suffix : new String[] {"", ".1", ".2"}) {
      Path part = folder.resolve(file().getFileName() + suffix);
      assertThat(Files.size(part)).isLessThanOrEqualTo(65_536);
      assertThat(decodedEvents(part)).isPositive();
      events += decodedEvents(part);
    }
    assertThat(events).isEqualTo(60);
    assertThat(folder.toFile().list()).hasSize(3);
  }

  @Test
  void shouldPrintOneObjectWithItsFilesAndCounts() throws Exception {
    capture.batches.add(List.of(EVENT, EVENT));
    capture.lost = 7;

    Executed recorded = record("--count=2", "--format=json");

    assertThat(recorded.lines())
        .containsExactly(
            "{\"files\":[{\"file\":\""
                + file()
                + "\",\"events\":2,\"bytes\":"
                + Files.size(file())
                + "}],\"events\":2,\"bytes\":"
                + Files.size(file())
                + ",\"source\":\"script\",\"received\":2,\"lost\":7,\"lostBy\":{\"kernel\":7},"
                + "\"interruptions\":0}");
    assertThat(recorded.err().lines()).hasSize(1);
  }

  @Test
  void shouldPrintAnObjectForEachFileThatIsComplete() {
    byte[] event = Events.gauge("shop", "load", "x".repeat(3000), 1, 0.5);
    capture.batches.add(Collections.nCopies(30, event));
    capture.batches.add(Collections.nCopies(30, event));

    Executed recorded = record("--count=60", "--max-size=64k", "--format=jsonl");

    assertThat(recorded.lines()).hasSize(4);
    assertThat(recorded.lines().get(0)).startsWith("{\"file\":\"" + file() + "\",\"events\":");
    assertThat(recorded.lines().get(1)).startsWith("{\"file\":\"" + file() + ".1\",");
    assertThat(recorded.lines().get(2)).startsWith("{\"file\":\"" + file() + ".2\",");
    assertThat(recorded.lines().get(3)).startsWith("{\"events\":60,\"bytes\":");
  }

  @Test
  void shouldOverwriteOnlyIfForced() throws Exception {
    Files.writeString(file(), "precious");

    Executed refused = record("--seconds=1");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).contains(file().toString(), "--force");
    assertThat(file()).hasContent("precious");
    assertThat(capture.names).isEmpty();
  }

  @Test
  void shouldTakeFilesOfAnEarlierRecordingForItsOwnOnlyIfForced() throws Exception {
    Path earlier = Files.writeString(folder.resolve("metrics.data.1"), "precious");
    Path beyond = Files.writeString(folder.resolve("metrics.data.20261126"), "of somebody");
    Path other = Files.writeString(folder.resolve("metrics.data.old"), "of somebody");

    assertThat(record("--seconds=1").exitCode()).isEqualTo(1);
    assertThat(earlier).hasContent("precious");
    assertThat(record("--seconds=1", "--force").exitCode()).isZero();

    assertThat(earlier).doesNotExist();
    assertThat(beyond).hasContent("of somebody");
    assertThat(other).hasContent("of somebody");
  }

  @Test
  void shouldRemoveNothingIfItCannotRecord() throws Exception {
    Files.writeString(file(), "precious");
    capture.refusal = "nobody may listen";

    Executed refused = record("--seconds=1", "--force");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("nobody may listen");
    assertThat(file()).hasContent("precious");
  }

  @Test
  void shouldFailWithTheCountsWhenTheDiskIsFull() {
    capture.batches.add(Collections.nCopies(5, EVENT));

    Executed failed = recordTo(Path.of("/dev/full"), "--force", "--count=5");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err().lines()).hasSize(1);
    assertThat(failed.err()).contains("/dev/full");
    assertThat(capture.isClosed).isTrue();
  }

  @Test
  void shouldFailBeforeItAttachesWhereTheFolderIsMissing() {
    Executed failed = recordTo(folder.resolve("missing/metrics.data"), "--seconds=1");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err()).contains("there is no folder");
    assertThat(capture.names).isEmpty();
  }

  @Test
  void shouldRefuseArgumentsThatMakeNoSense() throws IOException {
    for (String argument :
        new String[] {
          "--count=0",
          "--seconds=0",
          "--max-size=63K",
          "--max-size=10X",
          "--max-size=-1",
          "--event=a/b",
          "--buffer-kb=4"
        }) {
      Executed refused = Executed.command("record", file().toString(), argument);
      assertThat(refused.exitCode()).as(argument).isEqualTo(64);
      assertThat(refused.err().lines()).as(argument).hasSize(1);
    }
    assertThat(Executed.command("record").exitCode()).isEqualTo(64);
    assertThat(file()).doesNotExist();
  }

  @Test
  void shouldReadSizes() {
    SizeConverter converter = new SizeConverter();

    assertThat(converter.convert("65536")).isEqualTo(65_536);
    assertThat(converter.convert("64K")).isEqualTo(65_536);
    assertThat(converter.convert("3m")).isEqualTo(3 << 20);
    assertThat(converter.convert("2G")).isEqualTo(2L << 30);
    assertThat(converter.convert("999999999999999G")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldShowProgressOnATerminalOnly() {
    StringWriter text = new StringWriter();
    PrintWriter err = new PrintWriter(text);
    Progress progress = new Progress(err, true);
    Capture.Counts none = new Capture.Counts(0, Map.of(), 0);
    progress.show(1, 2048, none, 0);
    progress.show(2, 2048, none, 100_000_000);
    progress.show(3, 4096, new Capture.Counts(4, Map.of("kernel", 1L), 2), 2_500_000_000L);
    progress.end();

    assertThat(text.toString())
        .isEqualTo(
            "\rrecording: 1 events, 2.0 KiB, lost 0, 0 s\u001b[K"
                + "\rrecording: 3 events, 4.0 KiB, lost 1, interrupted 2, 2 s\u001b[K"
                + "\r\u001b[K");
    StringWriter piped = new StringWriter();
    Progress hidden = new Progress(new PrintWriter(piped), false);
    hidden.show(1, 2, none, 4);
    hidden.end();
    assertThat(piped.toString()).isEmpty();
  }
}
