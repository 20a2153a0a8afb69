// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.exporter.prepared.PreparedLongPoint;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bounds the allocation of the exporting thread once everything has been exported before. */
@Timeout(300)
class GarbageTest {

  private static final int METRICS = 300;

  /** Fewer than there are slots. */
  private static final int PUBLISHED = 500;

  /**
   * 1.2 times the 192 bytes of an export's result and other objects. A JVM that has compiled the
   * code allocates fewer of them.
   */
  private static final long BYTES_PER_EXPORT = 230;

  /** The exports, of which the least counts, because the JVM allocates for itself in some. */
  private static final int EXPORTS = 20;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @BeforeEach
  void requireMeasurement() {
    assumeTrue(
        threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled(),
        "this JVM does not say what a thread allocates");
  }

  @Test
  void shouldNotGrowWithWhatIsExported() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    Collection<MetricData> metrics = collected();
    assertThat(metrics).hasSize(4 * METRICS);
    for (int i = 0; i < 3; i++) {
      await(exporter.export(metrics));
    }

    long least = Long.MAX_VALUE;
    for (int i = 0; i < EXPORTS; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      CompletableResultCode result = exporter.export(metrics);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(await(result).isSuccess()).isTrue();
    }

    assertThat(least).isPositive().isLessThan(BYTES_PER_EXPORT);
  }

  @Test
  void shouldMakeNoneWhenPreparedPointsArePublished() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint point =
        exporter.preparedPoints().setClock(() -> 7).build().longCounter("fills").build();
    publish(point);
    await(exporter.flush());

    long before = threads.getCurrentThreadAllocatedBytes();
    publish(point);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    await(exporter.flush());
    assertThat(tracepoint.received.values()).hasSize(2 * PUBLISHED);
    // The smallest object there is, for each of them, would be twice as much.
    assertThat(allocated).isLessThan(8 * PUBLISHED);
  }

  private static void publish(PreparedLongPoint point) {
    for (int i = 0; i < PUBLISHED; i++) {
      point.publish(i);
    }
  }

  /** Gauges, sums, histograms of both kinds: as many metrics of each, with two points each. */
  private static Collection<MetricData> collected() {
    OnDemandReader reader = new OnDemandReader();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      Meter meter = provider.get("garbage");
      for (int i = 0; i < METRICS; i++) {
        for (String side : new String[] {"buy", "sell"}) {
          Attributes attributes = Attributes.builder().put("side", side).put("n", i).build();
          meter.counterBuilder("counter" + i).build().add(1 + i, attributes);
          meter.gaugeBuilder("gauge" + i).build().set(0.5 * i, attributes);
          meter.histogramBuilder("histogram" + i).build().record(i, attributes);
          meter.upDownCounterBuilder("level" + i).ofDoubles().build().add(-i, attributes);
        }
      }
      return reader.collect();
    }
  }

  /** Collects when asked to, into objects that the SDK uses again. */
  private static final class OnDemandReader implements MetricReader {

    private CollectionRegistration registration = CollectionRegistration.noop();

    Collection<MetricData> collect() {
      return registration.collectAllMetrics();
    }

    @Override
    public void register(CollectionRegistration registration) {
      this.registration = registration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.DELTA;
    }

    @Override
    public MemoryMode getMemoryMode() {
      return MemoryMode.REUSABLE_DATA;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
