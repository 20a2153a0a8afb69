// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An export of many points that differ in their values: sums in several scopes, alternating between
 * longs and doubles, each with a point for every one of the same attribute sets. The numbers of the
 * first metric's points come first, then those of the second. Points differ in length.
 */
final class NumberedPoints {

  private static final int METRICS_PER_SCOPE = 5;
  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final long END_NS = START_NS + 60_000_000_000L;

  private static final AttributeKey<Boolean> ACTIVE = AttributeKey.booleanKey("active");
  private static final AttributeKey<Double> PRICE = AttributeKey.doubleKey("price");
  private static final AttributeKey<Long> SERIES = AttributeKey.longKey("series");
  private static final AttributeKey<String> SYMBOL = AttributeKey.stringKey("symbol");

  private final int metrics;
  private final int perMetric;

  NumberedPoints(int metrics, int perMetric) {
    this.metrics = metrics;
    this.perMetric = perMetric;
  }

  int count() {
    return metrics * perMetric;
  }

  List<MetricData> toExport() {
    Resource resource =
        Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "orders"));
    List<Attributes> attributes =
        IntStream.range(0, perMetric).mapToObj(NumberedPoints::attributes).toList();
    return IntStream.range(0, metrics)
        .mapToObj(metric -> metric(resource, metric, attributes))
        .toList();
  }

  private static MetricData metric(Resource resource, int metric, List<Attributes> attributes) {
    InstrumentationScopeInfo scope =
        InstrumentationScopeInfo.builder(scope(metric)).setVersion("1.2.3").build();
    int first = metric * attributes.size();
    if (isOfDoubles(metric)) {
      List<DoublePointData> points = new ArrayList<>();
      for (Attributes set : attributes) {
        double value = doubleValue(first + points.size());
        points.add(ImmutableDoublePointData.create(START_NS, END_NS, set, value));
      }
      return ImmutableMetricData.createDoubleSum(
          resource, scope, name(metric), "Numbers", "{number}", sumOf(points));
    }
    List<LongPointData> points = new ArrayList<>();
    for (Attributes set : attributes) {
      long value = longValue(first + points.size());
      points.add(ImmutableLongPointData.create(START_NS, END_NS, set, value));
    }
    return ImmutableMetricData.createLongSum(
        resource, scope, name(metric), "Numbers", "{number}", sumOf(points));
  }

  private static <T extends PointData> ImmutableSumData<T> sumOf(List<T> points) {
    return ImmutableSumData.create(true, AggregationTemporality.DELTA, points);
  }

  /** Fails unless these are all points in order, each with the envelope of its metric. */
  void requireAllInOrder(List<MetricPart> parts) {
    List<List<KeyValue>> attributes =
        IntStream.range(0, perMetric).mapToObj(NumberedPoints::keyValues).toList();
    int next = 0;
    for (MetricPart part : parts) {
      assertThat(next).as("points received").isLessThan(count());
      int metric = next / perMetric;
      assertThat(part.envelope()).isEqualTo(envelope(metric));
      for (NumberDataPoint point : part.points()) {
        NumberDataPoint.Builder expected =
            NumberDataPoint.newBuilder()
                .addAllAttributes(attributes.get(next % perMetric))
                .setStartTimeUnixNano(START_NS)
                .setTimeUnixNano(END_NS);
        if (isOfDoubles(metric)) {
          expected.setAsDouble(doubleValue(next));
        } else {
          expected.setAsInt(longValue(next));
        }
        // Avoids AssertJ in the normal case, because this runs often on an emulated processor.
        if (!point.equals(expected.build())) {
          throw new AssertionError("in place of " + expected + " was received " + point);
        }
        next++;
      }
    }
    assertThat(next).as("points received").isEqualTo(count());
  }

  private static ExportMetricsServiceRequest envelope(int metric) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    var resource = request.addResourceMetricsBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(AllInstruments.keyValue("service.name", AllInstruments.textOf("orders")));
    var scope = resource.addScopeMetricsBuilder();
    scope.getScopeBuilder().setName(scope(metric)).setVersion("1.2.3");
    scope
        .addMetricsBuilder()
        .setName(name(metric))
        .setDescription("Numbers")
        .setUnit("{number}")
        .getSumBuilder()
        .setIsMonotonic(true)
        .setAggregationTemporality(AGGREGATION_TEMPORALITY_DELTA);
    return request.build();
  }

  private static String scope(int metric) {
    return "io.example.scope." + metric / METRICS_PER_SCOPE;
  }

  private static String name(int metric) {
    return "numbers." + metric;
  }

  private static boolean isOfDoubles(int metric) {
    return metric % 2 == 1;
  }

  private static long longValue(int number) {
    return number * 1_000_003L;
  }

  private static double doubleValue(int number) {
    return number + 0.1;
  }

  private static Attributes attributes(int set) {
    return Attributes.of(
        ACTIVE, set % 3 == 0, PRICE, price(set), SERIES, (long) set, SYMBOL, symbol(set));
  }

  private static List<KeyValue> keyValues(int set) {
    return List.of(
        AllInstruments.keyValue(ACTIVE.getKey(), AnyValue.newBuilder().setBoolValue(set % 3 == 0)),
        AllInstruments.keyValue(PRICE.getKey(), AnyValue.newBuilder().setDoubleValue(price(set))),
        AllInstruments.keyValue(SERIES.getKey(), AnyValue.newBuilder().setIntValue(set)),
        AllInstruments.keyValue(SYMBOL.getKey(), AllInstruments.textOf(symbol(set))));
  }

  private static double price(int set) {
    return 100 + set * 0.25;
  }

  private static String symbol(int set) {
    return "X".repeat(1 + set % 31);
  }
}
