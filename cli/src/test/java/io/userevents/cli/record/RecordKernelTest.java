// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import io.userevents.cli.Events;
import io.userevents.cli.Executed;
import io.userevents.cli.console.StopSignal;
import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordPipeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a kernel with user_events, as root. */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RecordKernelTest {

  private static final int EVENTS = 200;
  private static final String EVENT = "otlp_metrics";

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final StopSignal stop = new StopSignal();

  private final RecordPipeline pipeline = RecordPipeline.builder().setEventName(EVENT).build();

  @BeforeEach
  void awaitTracepoint() throws Exception {
    // perf names an event that is there.
    Path format = Path.of("/sys/kernel/tracing/events/user_events", EVENT, "format");
    while (!Files.exists(format)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @AfterEach
  void end() {
    stop.raise();
    pipeline.close();
    threads.shutdownNow();
  }

  private Future<Executed> record(Path file, String source) {
    return threads.submit(
        () -> Executed.command(stop, "record", file.toString(), "--source", source));
  }

  /** The file is made once all CPUs record. */
  private static void awaitFile(Path file, Future<Executed> record) throws Exception {
    while (file.toFile().length() == 0) {
      if (record.isDone()) {
        throw new AssertionError(record.get().err());
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void publish(int count, int padding) throws Exception {
    while (!pipeline.isAttached()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    for (int i = 0; i < count; i++) {
      byte[] event = Events.gauge("shop", "load", "x".repeat(padding), i + 1, i);
      PublishResult result = pipeline.publish(new UnsafeBuffer(event), 0, event.length);
      while (result == PublishResult.FULL) {
        Thread.onSpinWait();
        result = pipeline.publish(new UnsafeBuffer(event), 0, event.length);
      }
      assertThat(result).isEqualTo(PublishResult.ACCEPTED);
    }
    pipeline.flush().get();
  }

  private static List<String> decode(Path file) {
    Executed decoded = Executed.command("decode", file.toString(), "--format=jsonl");
    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.err()).doesNotContain("lost", "malformed");
    return decoded.lines();
  }

  @Test
  void shouldRecordTheSamePointsAsPerf() throws Exception {
    Path ofPerf = folder.resolve("perf.data");
    Path byPerf = folder.resolve("by-perf.data");
    Path byFtrace = folder.resolve("by-ftrace.data");
    // perf starts its workload when it records, and ends with it.
    Process perf =
        new ProcessBuilder(
                "perf",
                "record",
                "--all-cpus",
                "--clockid",
                "mono",
                "--no-buildid",
                "--no-bpf-event",
                "--synth=no",
                "-e",
                "user_events:" + EVENT,
                "-o",
                ofPerf.toString(),
                "--",
                "sh",
                "-c",
                "echo recording; read end")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Future<Executed> first = record(byPerf, "perf");
    Future<Executed> second = record(byFtrace, "ftrace");
    awaitFile(byPerf, first);
    awaitFile(byFtrace, second);
    BufferedReader output = perf.inputReader(StandardCharsets.UTF_8);
    assertThat(output.readLine()).isEqualTo("recording");

    publish(EVENTS, 10);

    stop.raise();
    // Its exit status is the workload's.
    try (OutputStream input = perf.getOutputStream()) {
      input.write("end\n".getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(perf.waitFor()).isZero();
    for (Future<Executed> record : List.of(first, second)) {
      assertThat(record.get().exitCode()).as(record.get().err()).isZero();
      assertThat(record.get().err()).contains("; lost 0");
    }
    List<String> expected = decode(ofPerf);
    assertThat(points(expected)).isEqualTo(EVENTS);
    assertThat(decode(byPerf)).isEqualTo(expected);
    assertThat(decode(byFtrace)).isEqualTo(expected);
    assertThat(scripted(byPerf)).isEqualTo(expected.size());
  }

  /** An event has one or more points, and each of these tests has one time. */
  private static long points(List<String> requests) {
    return requests.stream().mapToLong(line -> line.split("timeUnixNano", -1).length - 1).sum();
  }

  /** Samples that perf's own reader finds. */
  private long scripted(Path file) throws Exception {
    Process script =
        new ProcessBuilder("perf", "script", "-i", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = script.inputReader(StandardCharsets.UTF_8)) {
      long samples = lines.lines().filter(line -> line.contains("user_events:" + EVENT)).count();
      assertThat(script.waitFor()).isZero();
      return samples;
    }
  }

  @Test
  void shouldLeaveAReadableFileWhenKilled() throws Exception {
    Path file = folder.resolve("killed.data");
    Process record =
        new ProcessBuilder(ChildProcess.command("record", file.toString(), "--source=perf"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    try {
      while (file.toFile().length() == 0) {
        assertThat(record.isAlive()).isTrue();
        TimeUnit.MILLISECONDS.sleep(10);
      }
      publish(EVENTS, 10);
      // While it goes on.
      while (points(decode(file)) < EVENTS) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } finally {
      ChildProcess.signal("KILL", record.pid());
    }
    assertThat(record.waitFor()).isEqualTo(137);
    assertThat(points(decode(file))).isEqualTo(EVENTS);
  }

  @Test
  void shouldEndWithAnErrorWhenTheDiskIsFull() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString());
    try {
      Path file = disk.resolve("metrics.data");
      Future<Executed> record = record(file, "perf");
      awaitFile(file, record);

      publish(150, 3_000);

      Executed failed = record.get();
      assertThat(failed.exitCode()).isEqualTo(1);
      assertThat(failed.err().lines()).hasSize(1);
      assertThat(failed.err())
          .startsWith("user-events: ")
          .contains(file.toString(), "No space left", "make room", "; received ");
      Executed decoded = Executed.command("decode", file.toString(), "--format=jsonl");
      assertThat(decoded.exitCode()).as(decoded.err()).isZero();
      assertThat(points(decoded.lines())).isBetween(50L, 149L);
    } finally {
      run("umount", disk.toString());
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
