// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import org.agrona.DirectBuffer;

/**
 * Prints the CPU time of encoding, in ns for each point, by the number of series. The SDK collects
 * the points with delta temporality and reused data, once with constant attributes and once with
 * attributes that are created for each measurement. A figure is the median of the exports after
 * those that fill the cache.
 */
public final class EncodingCacheCost {

  private static final int[] SERIES = {1000, 10_000, 30_000, 50_000, 100_000, 300_000};
  private static final int WARM_UP_EXPORTS = 12;
  private static final int EXPORTS = 9;

  private EncodingCacheCost() {}

  /**
   * Runs it.
   *
   * @param args limit of the cache in bytes
   */
  public static void main(String[] args) {
    int cacheMemory = Integer.parseInt(args[0]);
    System.out.println("| series | constant attributes | made for each measurement |");
    System.out.println("|---:|---:|---:|");
    for (int series : SERIES) {
      System.out.printf(
          Locale.ROOT,
          "| %,d | %d | %d |%n",
          series,
          nanosPerPoint(series, true, cacheMemory),
          nanosPerPoint(series, false, cacheMemory));
    }
  }

  private static long nanosPerPoint(int series, boolean constant, int cacheMemory) {
    RecordEncoder encoder = new RecordEncoder(4048, Integer.MAX_VALUE, cacheMemory);
    Reader reader = new Reader();
    try (SdkMeterProvider sdk =
        SdkMeterProvider.builder()
            .registerMetricReader(reader)
            .registerView(
                InstrumentSelector.builder().setName("orders").build(),
                View.builder().setCardinalityLimit(series + 1).build())
            .build()) {
      LongCounter counter = sdk.get("cost").counterBuilder("orders").build();
      Attributes[] constants = new Attributes[constant ? series : 0];
      Arrays.setAll(constants, EncodingCacheCost::attributes);
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      Points points = new Points();
      long[] nanos = new long[EXPORTS];
      for (int export = -WARM_UP_EXPORTS; export < EXPORTS; export++) {
        for (int i = 0; i < series; i++) {
          counter.add(1, constant ? constants[i] : attributes(i));
        }
        Collection<MetricData> metrics = reader.collect();
        points.count = 0;
        long start = threads.getCurrentThreadCpuTime();
        encoder.encode(metrics, points);
        long elapsed = threads.getCurrentThreadCpuTime() - start;
        if (points.count != series) {
          throw new IllegalStateException("points=" + points.count + " series=" + series);
        }
        if (export >= 0) {
          nanos[export] = elapsed;
        }
      }
      Arrays.sort(nanos);
      return nanos[EXPORTS / 2] / series;
    }
  }

  private static Attributes attributes(int series) {
    return Attributes.builder()
        .put("symbol", "SYM" + series)
        .put("venue", "XLON")
        .put("side", series % 2 == 0 ? "buy" : "sell")
        .put("level", series % 10)
        .build();
  }

  private static final class Reader implements MetricReader {

    private CollectionRegistration registration = CollectionRegistration.noop();

    Collection<MetricData> collect() {
      return registration.collectAllMetrics();
    }

    @Override
    public void register(CollectionRegistration registration) {
      this.registration = registration;
    }

    @Override
    public MemoryMode getMemoryMode() {
      return MemoryMode.REUSABLE_DATA;
    }

    @Override
    public Aggregation getDefaultAggregation(InstrumentType instrumentType) {
      return Aggregation.defaultAggregation();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.DELTA;
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

  private static final class Points implements RecordSink {

    long count;

    @Override
    public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
      count += points;
    }

    @Override
    public void onEnvelopeReduced(EnvelopeReduction reduction) {
      throw new IllegalStateException("nothing is that long: " + reduction);
    }

    @Override
    public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
      throw new IllegalStateException("no point is that large: " + point);
    }

    @Override
    public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
      throw new IllegalStateException("no point is that large: " + point);
    }
  }
}
