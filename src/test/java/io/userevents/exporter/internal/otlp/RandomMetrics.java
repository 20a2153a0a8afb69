// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoubleExemplarData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableExponentialHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongExemplarData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryPointData;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.internal.Entity;
import io.opentelemetry.sdk.resources.internal.EntityBuilder;
import io.opentelemetry.sdk.resources.internal.EntityUtil;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Exports of any shape, each the same for the same seed. Can be made worse by overriding. */
class RandomMetrics {

  private static final String[] FRAGMENTS = {
    "a", "symbol", "\u0000", "é", "€", "\uffff", "😀", "\ud800", "\udc00", "\ud83d", " "
  };
  private static final long[] LONGS = {
    0, 1, -1, 127, 128, 1L << 35, Long.MIN_VALUE, Long.MAX_VALUE
  };
  private static final double[] DOUBLES = {
    0.0, -0.0, 1.5, -1e300, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY
  };

  final Random random;
  private final List<Attributes> known;

  RandomMetrics(long seed) {
    this(seed, List.of());
  }

  /**
   * @param known attribute sets that most points and exemplars have one of, if there are any
   */
  RandomMetrics(long seed, List<Attributes> known) {
    this.random = new Random(seed);
    this.known = known;
  }

  List<MetricData> export() {
    List<Resource> resources = listOf(1 + random.nextInt(2), this::resource);
    List<InstrumentationScopeInfo> scopes = listOf(1 + random.nextInt(3), this::scope);
    return listOf(random.nextInt(8), () -> metric(oneOf(resources), oneOf(scopes)));
  }

  private MetricData metric(Resource resource, InstrumentationScopeInfo scope) {
    String name = text();
    String description = text();
    String unit = text();
    AggregationTemporality temporality = oneOf(List.of(AggregationTemporality.values()));
    int points = random.nextInt(4) == 0 ? random.nextInt(60) : random.nextInt(5);
    return switch (oneOf(List.of(MetricDataType.values()))) {
      case LONG_GAUGE ->
          ImmutableMetricData.createLongGauge(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableGaugeData.create(points(listOf(points, this::longPoint))));
      case DOUBLE_GAUGE ->
          ImmutableMetricData.createDoubleGauge(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableGaugeData.create(points(listOf(points, this::doublePoint))));
      case LONG_SUM ->
          ImmutableMetricData.createLongSum(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableSumData.create(
                  random.nextBoolean(), temporality, points(listOf(points, this::longPoint))));
      case DOUBLE_SUM ->
          ImmutableMetricData.createDoubleSum(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableSumData.create(
                  random.nextBoolean(), temporality, points(listOf(points, this::doublePoint))));
      case HISTOGRAM ->
          ImmutableMetricData.createDoubleHistogram(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableHistogramData.create(
                  temporality, points(listOf(points, this::histogramPoint))));
      case EXPONENTIAL_HISTOGRAM ->
          ImmutableMetricData.createExponentialHistogram(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableExponentialHistogramData.create(
                  temporality, points(listOf(points, this::exponentialPoint))));
      case SUMMARY ->
          ImmutableMetricData.createDoubleSummary(
              resource,
              scope,
              name,
              description,
              unit,
              ImmutableSummaryData.create(points(listOf(points, this::summaryPoint))));
    };
  }

  private LongPointData longPoint() {
    return ImmutableLongPointData.create(
        someLong(), someLong(), attributes(), someLong(), exemplars(this::longExemplar));
  }

  private DoublePointData doublePoint() {
    return ImmutableDoublePointData.create(
        someLong(), someLong(), attributes(), someDouble(), exemplars(this::doubleExemplar));
  }

  private HistogramPointData histogramPoint() {
    int boundaries = bucketCount(20);
    List<Double> bounds = new ArrayList<>();
    for (int i = 0; i < boundaries; i++) {
      bounds.add(i * 1.5 - 3);
    }
    return ImmutableHistogramPointData.create(
        someLong(),
        someLong(),
        attributes(),
        someDouble(),
        random.nextBoolean(),
        someDouble(),
        random.nextBoolean(),
        someDouble(),
        list(bounds),
        list(listOf(boundaries + 1, this::someLong)),
        exemplars(this::doubleExemplar));
  }

  private ExponentialHistogramPointData exponentialPoint() {
    int scale = random.nextInt(31) - 10;
    return ExponentialHistogramPointData.create(
        scale,
        someDouble(),
        someLong(),
        random.nextBoolean(),
        someDouble(),
        random.nextBoolean(),
        someDouble(),
        buckets(scale),
        buckets(scale),
        someLong(),
        someLong(),
        attributes(),
        exemplars(this::doubleExemplar));
  }

  private ExponentialHistogramBuckets buckets(int scale) {
    int offset = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(300) - 150;
    return ExponentialHistogramBuckets.create(
        scale, offset, list(listOf(bucketCount(40), this::someLong)));
  }

  private SummaryPointData summaryPoint() {
    return ImmutableSummaryPointData.create(
        someLong(),
        someLong(),
        attributes(),
        someLong(),
        someDouble(),
        listOf(random.nextInt(4), () -> ValueAtQuantile.create(random.nextDouble(), someDouble())));
  }

  private LongExemplarData longExemplar() {
    return ImmutableLongExemplarData.create(attributes(), someLong(), span(), someLong());
  }

  private DoubleExemplarData doubleExemplar() {
    return ImmutableDoubleExemplarData.create(attributes(), someLong(), span(), someDouble());
  }

  /** How the points of a metric are held. */
  <T> Collection<T> points(List<T> points) {
    return points;
  }

  /** How counts and bounds are held. */
  <T> List<T> list(List<T> list) {
    return list;
  }

  int bucketCount(int usualMaximum) {
    return random.nextInt(usualMaximum);
  }

  <T> List<T> exemplars(Supplier<T> exemplar) {
    return listOf(random.nextInt(3) == 0 ? random.nextInt(4) : 0, exemplar);
  }

  private SpanContext span() {
    return random.nextBoolean() ? TestMetrics.SPAN : SpanContext.getInvalid();
  }

  private Resource resource() {
    // Resources accept no other keys.
    Attributes attributes = attributes(() -> "resource." + random.nextInt(100));
    if (random.nextInt(4) == 0) {
      return EntityUtil.createResource(listOf(1 + random.nextInt(2), this::entity))
          .merge(Resource.create(attributes));
    }
    return random.nextBoolean() ? Resource.create(attributes, text()) : Resource.create(attributes);
  }

  private Entity entity() {
    String type = "type" + random.nextInt(5);
    EntityBuilder builder =
        Entity.builder(
                type,
                attributes(() -> type + ".id." + random.nextInt(5)).toBuilder()
                    .put(type + ".id", 1)
                    .build())
            .setDescription(attributes(() -> type + "." + random.nextInt(5)));
    return random.nextBoolean()
        ? builder.build()
        : builder.setSchemaUrl("https://example.org/" + type).build();
  }

  private InstrumentationScopeInfo scope() {
    InstrumentationScopeInfoBuilder builder =
        InstrumentationScopeInfo.builder(text()).setAttributes(attributes());
    if (random.nextBoolean()) {
      builder.setVersion(text());
    }
    if (random.nextBoolean()) {
      builder.setSchemaUrl(text());
    }
    return builder.build();
  }

  Attributes attributes() {
    if (!known.isEmpty() && random.nextInt(4) > 0) {
      return oneOf(known);
    }
    return attributes(this::text);
  }

  private Attributes attributes(Supplier<String> keys) {
    AttributesBuilder builder = Attributes.builder();
    for (int i = random.nextInt(5); i > 0; i--) {
      String key = keys.get();
      switch (random.nextInt(9)) {
        case 0 -> builder.put(key, someLong());
        case 1 -> builder.put(key, someDouble());
        case 2 -> builder.put(key, random.nextBoolean());
        case 3 -> builder.put(AttributeKey.stringArrayKey(key), few(this::text));
        case 4 -> builder.put(AttributeKey.longArrayKey(key), few(this::someLong));
        case 5 -> builder.put(AttributeKey.doubleArrayKey(key), few(this::someDouble));
        case 6 -> builder.put(AttributeKey.booleanArrayKey(key), few(random::nextBoolean));
        case 7 -> builder.put(AttributeKey.valueKey(key), value(3));
        default -> builder.put(key, text());
      }
    }
    return builder.build();
  }

  Value<?> value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> Value.of(text());
      case 1 -> Value.of(random.nextBoolean());
      case 2 -> Value.of(someLong());
      case 3 -> Value.of(someDouble());
      case 4 -> Value.of(new byte[random.nextInt(20)]);
      case 5 -> Value.empty();
      case 6 -> Value.of(this.<Value<?>>few(() -> value(depth - 1)));
      default ->
          Value.of(few(() -> KeyValue.of(text(), value(depth - 1))).toArray(new KeyValue[0]));
    };
  }

  String text() {
    if (random.nextInt(200) == 0) {
      return "long €".repeat(random.nextInt(1500));
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(10) == 0 ? 60 : 6); i > 0; i--) {
      text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
    }
    return text.toString();
  }

  long someLong() {
    return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong();
  }

  double someDouble() {
    return random.nextBoolean() ? DOUBLES[random.nextInt(DOUBLES.length)] : random.nextGaussian();
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private <T> List<T> few(Supplier<T> element) {
    return listOf(random.nextInt(4), element);
  }

  static <T> List<T> listOf(int size, Supplier<? extends T> element) {
    List<T> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return list;
  }
}
