// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.Events;
import io.userevents.cli.Executed;
import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordPipeline;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests on a kernel with user_events, as root, with recordings that perf and trace-cmd make during
 * the test.
 */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DecodeKernelTest {

  private static final String EVENT = "otlp_metrics";
  private static final int EVENTS = 20;

  @TempDir private Path folder;
  private final RecordPipeline pipeline = RecordPipeline.builder().setEventName(EVENT).build();
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void awaitTracepoint() throws Exception {
    // perf and trace-cmd name an event that is there.
    Path format = Path.of("/sys/kernel/tracing/events/user_events", EVENT, "format");
    while (!Files.exists(format)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @AfterEach
  void end() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    pipeline.close();
  }

  private Process start(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    started.add(process);
    return process;
  }

  private void publish(int from) throws Exception {
    for (int i = from; i < from + EVENTS; i++) {
      byte[] event = Events.gauge("shop", "load", "number " + i, i + 1, i);
      PublishResult result = pipeline.publish(new UnsafeBuffer(event), 0, event.length);
      assertThat(result).isEqualTo(PublishResult.ACCEPTED);
      // One event each.
      pipeline.flush().get();
    }
  }

  private void awaitAttached() throws Exception {
    while (!pipeline.isAttached()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void shouldDecodeAFileOfTraceCmd() throws Exception {
    Path file = folder.resolve("trace.dat");
    Path ready = folder.resolve("ready");
    List<String> command =
        new ArrayList<>(List.of("trace-cmd", "record", "-q", "-C", "mono", "-e"));
    command.addAll(List.of("user_events:" + EVENT, "-o", file.toString()));
    command.addAll(List.of("sh", "-c", "touch " + ready + "; cat"));
    Process record = start(command);
    while (!Files.exists(ready)) {
      assertThat(record.isAlive()).isTrue();
      TimeUnit.MILLISECONDS.sleep(10);
    }
    awaitAttached();

    publish(0);

    record.getOutputStream().close();
    assertThat(record.waitFor()).isZero();
    Executed decoded = Executed.command("decode", file.toString(), "--format=jsonl");
    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.err()).contains("read " + EVENTS + " events, " + EVENTS + " points");
    assertThat(decoded.lines()).hasSize(EVENTS);
    for (int i = 0; i < EVENTS; i++) {
      assertThat(decoded.lines().get(i))
          .contains("\"name\":\"load\"", "\"stringValue\":\"number " + i + "\"");
    }
  }

  /** Points come at once, and all of them are there when perf has ended. */
  @Test
  void shouldDecodeWhatPerfWritesIntoAPipeAsItComes() throws Exception {
    List<String> record = new ArrayList<>(List.of("perf", "record", "-a", "-q", "-k", "mono"));
    record.addAll(List.of("--no-buildid", "--no-bpf-event", "--synth=no", "--no-buffering"));
    record.addAll(List.of("-e", "user_events:" + EVENT, "-o", "-"));
    String shell =
        "("
            + ChildProcess.quoted(record)
            + " & echo $! >perf.pid; wait) | "
            + ChildProcess.quoted(ChildProcess.command("decode", "-", "--format=jsonl"));
    Process decode = start(List.of("sh", "-c", shell));
    BufferedReader output = decode.inputReader(StandardCharsets.UTF_8);
    awaitAttached();
    List<String> lines = new ArrayList<>();
    // Attached is not recording yet: the first ones may be too early.
    int published = 0;
    while (!output.ready()) {
      assertThat(decode.isAlive()).isTrue();
      publish(published);
      published += EVENTS;
      TimeUnit.MILLISECONDS.sleep(200);
    }
    lines.add(output.readLine());
    assertThat(decode.isAlive()).as("perf goes on").isTrue();

    publish(published);
    String pid = Files.readString(folder.resolve("perf.pid")).strip();
    ChildProcess.signal("INT", Long.parseLong(pid));

    output.lines().forEach(lines::add);
    assertThat(decode.waitFor()).isZero();
    assertThat(lines.get(lines.size() - 1))
        .contains("\"stringValue\":\"number " + (published + EVENTS - 1) + "\"");
    assertThat(lines).hasSizeGreaterThan(EVENTS);
  }
}
