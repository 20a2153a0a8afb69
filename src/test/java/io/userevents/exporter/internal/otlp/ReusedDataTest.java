// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleUpDownCounter;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.exporter.internal.otlp.OtlpOracle.FlatPoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The SDK as it is used: in {@link MemoryMode#REUSABLE_DATA} it fills the same points anew. */
class ReusedDataTest {

  private static final int LIMIT = 4048;
  private static final int COLLECTIONS = 60;
  private static final AttributeKey<Long> SERIES = AttributeKey.longKey("series");

  private final RecordEncoder encoder = new RecordEncoder(LIMIT, Integer.MAX_VALUE, 1 << 15);

  /** The values that the next collection must have, by metric and series. */
  private final Map<String, Double> expected = new TreeMap<>();

  @ParameterizedTest
  @EnumSource(MemoryMode.class)
  void shouldEncodeWhatWasRecordedSinceTheLastCollection(MemoryMode memoryMode) throws Exception {
    Reader reader = new Reader(memoryMode);
    try (SdkMeterProvider provider = provider(reader)) {
      Instruments instruments = new Instruments(provider.get("io.example.book"));
      for (int collection = 0; collection < COLLECTIONS; collection++) {
        expected.clear();
        instruments.recordSome(new Random(collection), collection);
        Collection<MetricData> metrics = reader.collect();

        CollectedRecords records = new CollectedRecords();
        encoder.encode(metrics, records);

        String name = "collection=" + collection;
        assertThat(valuesOf(records)).as(name).isEqualTo(expected);
        OracleCheck.assertRecordsAreTheExport(records, metrics, LIMIT, name);
      }
    }
  }

  @Test
  void shouldFindTheAttributesOfReusedPointsInTheCache() {
    Reader reader = new Reader(MemoryMode.REUSABLE_DATA);
    Attributes[] series = new Attributes[50];
    for (int i = 0; i < series.length; i++) {
      series[i] = Attributes.of(SERIES, (long) i);
    }
    try (SdkMeterProvider provider = provider(reader)) {
      LongCounter counter = provider.get("io.example.book").counterBuilder("orders").build();
      long misses = 0;
      for (int collection = 0; collection < 10; collection++) {
        misses = encoder.cache().misses();
        for (Attributes one : series) {
          counter.add(1, one);
        }
        encoder.encode(reader.collect(), new CollectedRecords());
      }

      assertThat(encoder.cache().misses()).as("in the last collection").isEqualTo(misses);
    }
  }

  private static SdkMeterProvider provider(Reader reader) {
    return SdkMeterProvider.builder()
        .registerMetricReader(reader)
        .registerView(
            InstrumentSelector.builder().setName("*.exponential").build(),
            View.builder().setAggregation(Aggregation.base2ExponentialBucketHistogram()).build())
        .build();
  }

  private static Map<String, Double> valuesOf(CollectedRecords records) throws Exception {
    Map<String, Double> values = new TreeMap<>();
    for (var request : records.decoded()) {
      for (FlatPoint flat : OtlpOracle.flatten(request)) {
        String metric = flat.around().getScopeMetrics(0).getMetrics(0).getName();
        String key = metric + " " + attributesOf(flat.point()).get(0).getValue().getIntValue();
        assertThat(values.put(key, valueOf(flat.point()))).as(key).isNull();
      }
    }
    return values;
  }

  private static List<KeyValue> attributesOf(Message point) {
    if (point instanceof NumberDataPoint number) {
      return number.getAttributesList();
    } else if (point instanceof HistogramDataPoint histogram) {
      return histogram.getAttributesList();
    }
    return ((ExponentialHistogramDataPoint) point).getAttributesList();
  }

  /** The value, or the sum of what was recorded. */
  private static double valueOf(Message point) {
    if (point instanceof NumberDataPoint number) {
      return number.hasAsInt() ? number.getAsInt() : number.getAsDouble();
    } else if (point instanceof HistogramDataPoint histogram) {
      assertThat(histogram.getBucketCountsList().stream().mapToLong(count -> count).sum())
          .isEqualTo(histogram.getCount());
      return histogram.getSum();
    }
    ExponentialHistogramDataPoint histogram = (ExponentialHistogramDataPoint) point;
    assertThat(histogram.getPositive().getBucketCountsList().stream().mapToLong(c -> c).sum())
        .isEqualTo(histogram.getCount() - histogram.getZeroCount());
    return histogram.getSum();
  }

  private interface Recorder {
    void record(int value, Attributes attributes);
  }

  /** One of every kind, with series that come and go. */
  private final class Instruments {

    private static final int SERIES_AT_ONCE = 20;

    private final Map<String, Recorder> recorders = new TreeMap<>();
    private final Map<String, Double> observed = new TreeMap<>();

    Instruments(Meter meter) {
      LongCounter longCounter = meter.counterBuilder("long.counter").build();
      DoubleCounter doubleCounter = meter.counterBuilder("double.counter").ofDoubles().build();
      LongUpDownCounter longUpDown = meter.upDownCounterBuilder("long.updown").build();
      DoubleUpDownCounter doubleUpDown =
          meter.upDownCounterBuilder("double.updown").ofDoubles().build();
      LongGauge longGauge = meter.gaugeBuilder("long.gauge").ofLongs().build();
      DoubleGauge doubleGauge = meter.gaugeBuilder("double.gauge").build();
      LongHistogram longHistogram = meter.histogramBuilder("long.histogram").ofLongs().build();
      DoubleHistogram doubleHistogram = meter.histogramBuilder("double.histogram").build();
      LongHistogram longExponential = meter.histogramBuilder("long.exponential").ofLongs().build();
      DoubleHistogram doubleExponential = meter.histogramBuilder("double.exponential").build();
      recorders.put("long.counter", longCounter::add);
      recorders.put("double.counter", doubleCounter::add);
      recorders.put("long.updown", (value, attributes) -> longUpDown.add(-value, attributes));
      recorders.put("double.updown", (value, attributes) -> doubleUpDown.add(-value, attributes));
      recorders.put("long.gauge", longGauge::set);
      recorders.put("double.gauge", doubleGauge::set);
      recorders.put("long.histogram", longHistogram::record);
      recorders.put("double.histogram", doubleHistogram::record);
      recorders.put("long.exponential", longExponential::record);
      recorders.put("double.exponential", doubleExponential::record);
      meter.counterBuilder("o.long.counter").buildWithCallback(m -> observe("o.long.counter", m));
      meter
          .counterBuilder("o.double.counter")
          .ofDoubles()
          .buildWithCallback(m -> observe("o.double.counter", m));
      meter
          .upDownCounterBuilder("o.long.updown")
          .buildWithCallback(m -> observe("o.long.updown", m));
      meter
          .upDownCounterBuilder("o.double.updown")
          .ofDoubles()
          .buildWithCallback(m -> observe("o.double.updown", m));
      meter
          .gaugeBuilder("o.long.gauge")
          .ofLongs()
          .buildWithCallback(m -> observe("o.long.gauge", m));
      meter.gaugeBuilder("o.double.gauge").buildWithCallback(m -> observe("o.double.gauge", m));
    }

    void recordSome(Random random, int collection) {
      recorders.forEach(
          (name, recorder) -> {
            for (int i = 0; i < SERIES_AT_ONCE; i++) {
              int series = collection / 4 + random.nextInt(SERIES_AT_ONCE);
              int value = random.nextInt(1000);
              recorder.record(value, Attributes.of(SERIES, (long) series));
              String key = name + " " + series;
              if (name.endsWith("gauge")) {
                expected.put(key, (double) value);
              } else {
                int recorded = name.endsWith("updown") ? -value : value;
                expected.merge(key, (double) recorded, Double::sum);
              }
            }
          });
      observed.clear();
      for (String name :
          List.of(
              "o.long.counter",
              "o.double.counter",
              "o.long.updown",
              "o.double.updown",
              "o.long.gauge",
              "o.double.gauge")) {
        for (int series = collection / 4; series < collection / 4 + 5; series++) {
          observed.put(name + " " + series, (double) random.nextInt(1000));
        }
      }
      expected.putAll(observed);
    }

    private void observe(String name, ObservableLongMeasurement measurement) {
      forSeriesOf(name, (series, value) -> measurement.record(value.longValue(), series));
    }

    private void observe(String name, ObservableDoubleMeasurement measurement) {
      forSeriesOf(name, (series, value) -> measurement.record(value, series));
    }

    private void forSeriesOf(String name, BiConsumer<Attributes, Double> consumer) {
      observed.forEach(
          (key, value) -> {
            if (key.startsWith(name + " ")) {
              long series = Long.parseLong(key.substring(name.length() + 1));
              consumer.accept(Attributes.of(SERIES, series), value);
            }
          });
    }
  }

  private static final class Reader implements MetricReader {

    private final MemoryMode memoryMode;
    private CollectionRegistration registration = CollectionRegistration.noop();

    Reader(MemoryMode memoryMode) {
      this.memoryMode = memoryMode;
    }

    Collection<MetricData> collect() {
      return registration.collectAllMetrics();
    }

    @Override
    public void register(CollectionRegistration registration) {
      this.registration = registration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
      // Up-down counters of deltas, too: what is expected is the same for all then.
      return type.name().startsWith("OBSERVABLE")
          ? AggregationTemporality.CUMULATIVE
          : AggregationTemporality.DELTA;
    }

    @Override
    public MemoryMode getMemoryMode() {
      return memoryMode;
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
