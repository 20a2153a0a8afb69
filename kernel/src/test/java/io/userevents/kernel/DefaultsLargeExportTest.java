// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.userevents.kernel.SeriesProcess.Kind;
import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An export many times as large as the ring and as the listener's buffers, with all settings of
 * SDK, exporter and listener at their defaults: each series is received, once, with its value.
 */
@Tag("kernel")
final class DefaultsLargeExportTest {

  /** More than 200,000 series. */
  private static final List<Integer> COUNTERS = List.of(101, 0, 0, 0);

  /** 10,000 of each kind, most of them many times as long as a counter. */
  private static final List<Integer> ALL_KINDS = List.of(5, 5, 5, 5);

  private static final int POLL_MS = 100;

  /** Names of metrics of the SDK about itself, which its reader adds. */
  private static final String OF_SDK = "otel.sdk.";

  @TempDir private Path folder;

  @Test
  void shouldReachTheListenerWholeFromTwoHundredThousandCounters() throws Exception {
    assertReceivedWhole(COUNTERS, List.of());
  }

  @Test
  void shouldReachTheListenerWholeFromAllKindsOfSeries() throws Exception {
    assertReceivedWhole(ALL_KINDS, List.of());
  }

  @Test
  void shouldReachTheListenerWholeFromAProcessWithOneProcessor() throws Exception {
    assertReceivedWhole(ALL_KINDS, List.of("taskset", "--cpu-list", "0"));
  }

  private void assertReceivedWhole(List<Integer> instruments, List<String> prefix)
      throws Exception {
    List<byte[]> events = new ArrayList<>();
    Path log = folder.resolve("log");
    try (SeriesProcess process = SeriesProcess.start(instruments, log, prefix);
        TracepointListener listener = TracepointListener.builder(Tracing.EVENT).open()) {
      AtomicBoolean ended = new AtomicBoolean();
      FutureTask<Void> reading =
          new FutureTask<>(
              () -> {
                EventHandler handler = EventHandler.copying(event -> events.add(event.bytes()));
                while (listener.poll(handler, POLL_MS) > 0 || !ended.get()) {
                  // Until nothing comes any more.
                }
                return null;
              });
      new Thread(reading, "reader").start();
      String said = process.end();
      listener.detach();
      ended.set(true);
      reading.get();

      assertThat(said)
          .as("said by the process, which logged: %s", Files.readString(log))
          .contains("success=true written=")
          .contains(" dropped=0 unaccounted=0\n");
      assertThat(listener.kernelStatistics().lost()).isZero();
      assertThat(listener.statistics().missedEvents()).isZero();
      assertThat(listener.statistics().missedUncounted()).isZero();
    }
    requireEachOnce(instruments, events);
  }

  private static void requireEachOnce(List<Integer> instruments, List<byte[]> events)
      throws Exception {
    Map<String, BitSet> seen = new HashMap<>();
    for (byte[] event : events) {
      for (Metric metric : Received.metrics(List.of(event))) {
        if (metric.getName().startsWith(OF_SDK)) {
          continue;
        }
        BitSet series = seen.computeIfAbsent(metric.getName(), name -> new BitSet());
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
          add(series, metric, point.getAttributesList(), (double) point.getAsInt());
        }
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
          add(series, metric, point.getAttributesList(), point.getAsDouble());
        }
        for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
          add(series, metric, point.getAttributesList(), point.getSum());
        }
        for (ExponentialHistogramDataPoint point :
            metric.getExponentialHistogram().getDataPointsList()) {
          add(series, metric, point.getAttributesList(), point.getSum());
        }
      }
    }
    BitSet all = new BitSet();
    all.set(0, SeriesProcess.SERIES_PER_INSTRUMENT);
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < instruments.get(kind.ordinal()); i++) {
        assertThat(seen.remove(kind.nameOf(i))).as(kind.nameOf(i)).isEqualTo(all);
      }
    }
    assertThat(seen.keySet()).as("what nobody has recorded").isEmpty();
  }

  private static void add(BitSet seen, Metric metric, List<KeyValue> attributes, double value) {
    int series = -1;
    for (KeyValue attribute : attributes) {
      if (attribute.getKey().equals(SeriesProcess.SERIES)) {
        series = (int) attribute.getValue().getIntValue();
      }
    }
    // No AssertJ where nothing is wrong: this is done often on an emulated processor.
    if (series < 0 || seen.get(series) || value != series + 1) {
      throw new AssertionError(
          "metric=%s series=%s value=%s, received before: %s"
              .formatted(metric.getName(), series, value, series >= 0 && seen.get(series)));
    }
    seen.set(series);
  }
}
