// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.Outcome;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Listeners come and go while an application exports. */
@Tag("kernel")
final class AttachmentTest {

  private static final Attributes ATTRIBUTES = Attributes.of(AttributeKey.stringKey("k"), "v");

  @RegisterExtension final Exporters exporters = new Exporters();

  private final ObservedTracepoint tracepoint = new ObservedTracepoint();
  private final UserEventsMetricExporter exporter = exporters.create(tracepoint);
  private SdkMeterProvider provider;
  private LongCounter counter;

  @BeforeEach
  void start() {
    provider = TestSdk.create(exporter);
    counter = provider.get("attachment").counterBuilder("requests").build();
  }

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void shouldEncodeNothingAndWriteNothingWhileNobodyListens() throws Exception {
    List<MetricData> unreadable = List.of(UnreadableMetric.create());
    for (int i = 0; i < 10; i++) {
      addAndFlush(1);
      assertThat(exporter.export(unreadable).isSuccess()).isTrue();
    }
    assertThat(tracepoint.writes()).isZero();
    ExporterStatistics statistics = exporter.statistics();
    assertThat(statistics.exports()).isEqualTo(20);
    assertThat(statistics.skippedExports()).isEqualTo(20);
    assertThat(statistics.pipeline().offered()).isZero();
    assertThat(statistics.pipeline().writeCalls()).isZero();

    // A listener would have revealed both.
    Tracing.enable(true);
    assertThat(exporter.export(unreadable).join(300, TimeUnit.SECONDS).isSuccess()).isFalse();
    addAndFlush(1);
    assertThat(tracepoint.writes()).isEqualTo(1);
    assertThat(exporter.statistics().pipeline().writeCalls()).isEqualTo(1);
    Tracing.enable(false);
  }

  @Test
  void shouldWriteWhatIsExportedWhileAListenerIsAttachedAndCountTheRest() throws Exception {
    addAndFlush(1);
    PerfReader first = PerfReader.start();
    addAndFlush(10);
    addAndFlush(20);
    List<byte[]> firstReceived = first.end();
    Tracing.await("detachment", () -> !attached());
    addAndFlush(300);
    PerfReader second = PerfReader.start();
    addAndFlush(4000);
    List<byte[]> secondReceived = second.end();
    Tracing.await("detachment", () -> !attached());

    assertThat(values(firstReceived)).containsExactly(10L, 20L);
    assertThat(values(secondReceived)).containsExactly(4000L);
    ExporterStatistics statistics = exporter.statistics();
    assertThat(statistics.exports()).isEqualTo(5);
    assertThat(statistics.skippedExports()).isEqualTo(2);
    assertThat(statistics.points(Outcome.WRITTEN)).isEqualTo(3);
    assertThat(statistics.pipeline().attachments()).isEqualTo(2);
  }

  @Test
  void shouldAccountForEveryRecordWhileListenersComeAndGo() throws Exception {
    Tracing.clear();
    Thread exporting =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                counter.add(1, ATTRIBUTES);
                provider.forceFlush().join(300, TimeUnit.SECONDS);
              }
            });
    exporting.start();
    try {
      for (int i = 0; i < 20; i++) {
        tracepoint.enable(true);
        int certain = tracepoint.certain();
        Tracing.await("writes", () -> tracepoint.certain() > certain + 5);
        tracepoint.enable(false);
        long skipped = exporter.statistics().skippedExports();
        Tracing.await("unwanted", () -> exporter.statistics().skippedExports() > skipped);
      }
    } finally {
      exporting.interrupt();
      exporting.join();
    }
    TestSdk.flush(provider);
    assertThat(exporter.flush().join(300, TimeUnit.SECONDS).isSuccess()).isTrue();

    ExporterStatistics statistics = exporter.statistics();
    assertThat(statistics.points(Outcome.WRITTEN)).isPositive();
    assertThat(statistics.skippedExports()).isPositive();
    // Each export has one point. The point is written or counted as skipped because no listener was
    // attached.
    assertThat(
            statistics.skippedExports()
                + statistics.points(Outcome.WRITTEN)
                + statistics.points(Outcome.DROPPED_DETACHED))
        .isEqualTo(statistics.exports());
    // The kernel has recorded exactly the points that were counted as written.
    long events = statistics.pipeline().events();
    assertThat(tracepoint.successes()).isEqualTo((int) events);
    assertThat(Tracing.recordedEvents()).isBetween((long) tracepoint.certain(), events);
  }

  private boolean attached() {
    return exporter.isAttached();
  }

  private void addAndFlush(long value) {
    counter.add(value, ATTRIBUTES);
    TestSdk.flush(provider);
  }

  private static List<Long> values(List<byte[]> buffers) throws Exception {
    return Received.metrics(buffers).stream()
        .map(Metric::getSum)
        .flatMap(sum -> sum.getDataPointsList().stream())
        .map(point -> point.getAsInt())
        .toList();
  }
}
