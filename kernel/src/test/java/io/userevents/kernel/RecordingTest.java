// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.TracepointState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The kernel distinguishes a recording listener from one that is only attached, and no listener
 * receives the query.
 */
@Tag("kernel")
@Timeout(3600)
final class RecordingTest {

  private static final long SOME_LOOKS_MS = 500;

  /** From this time on, checks are a second apart. */
  private static final long LATE_MS = 6000;

  @RegisterExtension final Exporters exporters = new Exporters();

  private final ObservedTracepoint tracepoint = new ObservedTracepoint();
  private final RecordPipeline pipeline =
      RecordPipeline.builder().setTracepoint(tracepoint).build();
  private final UserEventsMetricExporter exporter =
      exporters.build(UserEventsMetricExporter.builder().setPipeline(pipeline));

  @BeforeEach
  void emptyBuffer() throws IOException {
    Tracing.clear();
  }

  @AfterEach
  void stop() throws IOException {
    Tracing.enable(false);
    pipeline.close();
    Files.writeString(Tracing.TRACEFS.resolve("tracing_on"), "1");
  }

  @Test
  void shouldSeeThatFtraceRecordsFromWhenItIsSwitchedOn() throws Exception {
    Files.writeString(Tracing.TRACEFS.resolve("tracing_on"), "0");
    Tracing.enable(true);
    awaitAttachment();
    TimeUnit.MILLISECONDS.sleep(SOME_LOOKS_MS);
    assertThat(pipeline.recordingNumber()).as("attached, but not recording").isZero();

    Files.writeString(Tracing.TRACEFS.resolve("tracing_on"), "1");

    Tracing.await("recording", () -> pipeline.recordingNumber() == 1);
    assertThat(Tracing.recordedEvents()).as("events that nobody has written").isZero();
    Tracing.enable(false);
    Tracing.await("detachment", () -> pipeline.recordingNumber() == 0);
    Tracing.enable(true);
    Tracing.await("recording", () -> pipeline.recordingNumber() == 2);
    assertThat(Tracing.recordedEvents()).as("events that nobody has written").isZero();
    assertThat(tracepoint.writes()).isZero();
  }

  @Test
  void shouldSeeThatPerfRecordsFromWhenItEnablesWhatItHasOpened() throws Exception {
    Path folder = Files.createTempDirectory("recording");
    Path control = folder.resolve("control");
    Path data = folder.resolve("perf.data");
    Tracing.run("mkfifo", control.toString());
    List<String> command = new ArrayList<>(PerfReader.command(data));
    // Opened and mapped, but not enabled until it is told to.
    command.addAll(List.of("--delay=-1", "--control=fifo:" + control));
    Process perf = new ProcessBuilder(command).inheritIO().start();
    try {
      shouldSeeThatPerfRecords(perf, control, data);
    } finally {
      // An attached listener would disturb the next test.
      perf.destroyForcibly();
    }
  }

  private void shouldSeeThatPerfRecords(Process perf, Path control, Path data) throws Exception {
    awaitAttachment();
    TimeUnit.MILLISECONDS.sleep(LATE_MS);
    assertThat(pipeline.recordingNumber()).as("attached, but not recording").isZero();

    Files.writeString(control, "enable\n");

    Tracing.await("recording", () -> pipeline.recordingNumber() == 1);
    try (SdkMeterProvider provider = TestSdk.create(exporter)) {
      // It begins on one processor after the other.
      TimeUnit.MILLISECONDS.sleep(SOME_LOOKS_MS);
      provider.get("recording").counterBuilder("requests").build().add(7);
      TestSdk.flush(provider);
    }
    perf.destroy();
    assertThat(perf.waitFor(300, TimeUnit.SECONDS)).isTrue();
    List<TimedEvent> events = PerfData.read(data);
    assertThat(events).as("what was written, and nothing that was only asked").hasSize(1);
    assertThat(Received.metrics(TimedEvent.inOrder(events)))
        .extracting(Metric::getName)
        .containsExactly("requests");
    assertThat(tracepoint.writes()).isEqualTo(1);
  }

  @Test
  void shouldNotTakeOneForRecordingThatRecordsAnotherProcess() throws Exception {
    Process other = new ProcessBuilder("sleep", "60").start();
    Path data = Files.createTempDirectory("recording").resolve("perf.data");
    Process perf =
        new ProcessBuilder(
                "perf",
                "record",
                "--pid",
                String.valueOf(other.pid()),
                "-e",
                "user_events:" + Tracing.EVENT,
                "-o",
                data.toString())
            .inheritIO()
            .start();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(UserEventsMetricReader.create(exporter))
            .build()) {
      provider.get("recording").counterBuilder("requests").build().add(7);
      awaitAttachment();
      TimeUnit.MILLISECONDS.sleep(LATE_MS);
      assertThat(pipeline.recordingNumber()).isZero();
      perf.destroy();
      assertThat(perf.waitFor(300, TimeUnit.SECONDS)).isTrue();
      Tracing.await("detachment", () -> pipeline.state() == TracepointState.REGISTERED);
      assertThat(tracepoint.writes()).as("written to nobody").isZero();

      Tracing.enable(true);

      Tracing.await("the first collection", () -> tracepoint.successes() == 1);
      Tracing.enable(false);
      assertThat(Tracing.recordedEvents()).isEqualTo(1);
    } finally {
      perf.destroyForcibly();
      other.destroyForcibly();
    }
  }

  /**
   * Runs without an interval in which a collection could be due. It prints the delays, because
   * emulation is slower than a machine by an unknown factor.
   */
  @Test
  void shouldShowFirstMetricsBecauseAListenerRecords() throws Exception {
    List<Long> delaysMs = new ArrayList<>();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(
                UserEventsMetricReader.builder(exporter)
                    .setInterval(Duration.ofNanos(Long.MAX_VALUE))
                    .build())
            .build()) {
      LongCounter requests = provider.get("recording").counterBuilder("requests").build();
      for (int i = 1; i <= 9; i++) {
        int collections = i;
        requests.add(1);
        InstanceReader reader = InstanceReader.start();
        List<TimedEvent> events;
        try {
          Tracing.await("collection", () -> tracepoint.successes() == collections);
        } finally {
          events = reader.endTimed();
        }
        assertThat(events).hasSize(1);
        delaysMs.add(TimeUnit.NANOSECONDS.toMillis(events.get(0).timestampNs() - reader.startNs()));
        Tracing.await("detachment", () -> pipeline.state() == TracepointState.REGISTERED);
      }
    }

    Collections.sort(delaysMs);
    assertThat(delaysMs).hasSize(9).allMatch(delay -> delay >= 0);
    System.out.println("from ftrace's start to the first event: ms=" + delaysMs);
  }

  private void awaitAttachment() throws InterruptedException {
    // This call tells the pipeline that the recording state is needed.
    assertThat(pipeline.recordingNumber()).isZero();
    Tracing.await("attachment", () -> pipeline.statistics().attachments() == 1);
  }
}
