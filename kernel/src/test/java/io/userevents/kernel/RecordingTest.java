// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.RecordPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The kernel tells a listener that records from one that is only attached, and nobody receives what
 * it is asked by.
 */
@Tag("kernel")
@Timeout(180)
final class RecordingTest {

  /** Many looks, and well below the time after which nobody looks any more. */
  private static final long SOME_LOOKS_MS = 500;

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
    Tracing.await("attachment", () -> pipeline.statistics().attachments() == 1);
    TimeUnit.MILLISECONDS.sleep(SOME_LOOKS_MS);
    assertThat(pipeline.recordingAttachment()).as("attached, but not recording").isZero();

    Files.writeString(Tracing.TRACEFS.resolve("tracing_on"), "1");

    Tracing.await("recording", () -> pipeline.recordingAttachment() == 1);
    assertThat(Tracing.recordedEvents()).as("events that nobody has written").isZero();
    Tracing.enable(false);
    Tracing.await("detachment", () -> pipeline.recordingAttachment() == 0);
    Tracing.enable(true);
    Tracing.await("recording", () -> pipeline.recordingAttachment() == 2);
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
      // An attached one would disturb the next test.
      perf.destroyForcibly();
    }
  }

  private void shouldSeeThatPerfRecords(Process perf, Path control, Path data) throws Exception {
    Tracing.await("attachment", () -> pipeline.statistics().attachments() == 1);
    TimeUnit.MILLISECONDS.sleep(SOME_LOOKS_MS);
    assertThat(pipeline.recordingAttachment()).as("attached, but not recording").isZero();

    Files.writeString(control, "enable\n");

    Tracing.await("recording", () -> pipeline.recordingAttachment() == 1);
    try (SdkMeterProvider provider = TestSdk.create(exporter)) {
      // It begins on one processor after the other.
      TimeUnit.MILLISECONDS.sleep(SOME_LOOKS_MS);
      provider.get("recording").counterBuilder("requests").build().add(7);
      TestSdk.flush(provider);
    }
    perf.destroy();
    assertThat(perf.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<TimedEvent> events = PerfData.read(data);
    assertThat(events).as("what was written, and nothing that was only asked").hasSize(1);
    assertThat(Received.metrics(TimedEvent.inOrder(events)))
        .extracting(Metric::getName)
        .containsExactly("requests");
    assertThat(tracepoint.writes()).isEqualTo(1);
  }
}
