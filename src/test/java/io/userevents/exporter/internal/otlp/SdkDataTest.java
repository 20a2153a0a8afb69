// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExemplarData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.HistogramData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.data.SummaryData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.internal.Entity;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * All that the SDK says of a metric, by the accessors of its data classes: each is written, and
 * each is in {@link OtlpOracle}. An accessor that comes with a new version of the SDK fails this
 * test, until both know it or it stands here with the reason why it has no field in OTLP.
 */
class SdkDataTest {

  /** Accessors that {@link OtlpOracle} maps, of the type that declares them. */
  static final Map<Class<?>, List<String>> MAPPED = new LinkedHashMap<>();

  /** Accessors without their own field. */
  private static final Map<Class<?>, List<String>> WITHOUT_FIELD = new LinkedHashMap<>();

  static {
    MAPPED.put(
        MetricData.class,
        List.of(
            "getResource",
            "getInstrumentationScopeInfo",
            "getName",
            "getDescription",
            "getUnit",
            "getType",
            "getLongSumData",
            "getDoubleSumData",
            "getHistogramData",
            "getExponentialHistogramData"));
    // The same data as getData, whose points are mapped; gauges and summaries have nothing else.
    WITHOUT_FIELD.put(
        MetricData.class,
        List.of("getData", "isEmpty", "getLongGaugeData", "getDoubleGaugeData", "getSummaryData"));
    MAPPED.put(Resource.class, List.of("getAttributes", "getSchemaUrl", "getEntities"));
    // Part of the attributes.
    WITHOUT_FIELD.put(Resource.class, List.of("getUnassociatedAttributes"));
    MAPPED.put(Entity.class, List.of("getType", "getId", "getDescription", "getSchemaUrl"));
    MAPPED.put(
        InstrumentationScopeInfo.class,
        List.of("getName", "getVersion", "getSchemaUrl", "getAttributes"));
    MAPPED.put(Data.class, List.of("getPoints"));
    MAPPED.put(GaugeData.class, List.of());
    MAPPED.put(SumData.class, List.of("isMonotonic", "getAggregationTemporality"));
    MAPPED.put(HistogramData.class, List.of("getAggregationTemporality", "getPoints"));
    MAPPED.put(ExponentialHistogramData.class, List.of("getAggregationTemporality", "getPoints"));
    MAPPED.put(SummaryData.class, List.of());
    MAPPED.put(
        PointData.class,
        List.of("getStartEpochNanos", "getEpochNanos", "getAttributes", "getExemplars"));
    MAPPED.put(LongPointData.class, List.of("getValue", "getExemplars"));
    MAPPED.put(DoublePointData.class, List.of("getValue", "getExemplars"));
    MAPPED.put(
        HistogramPointData.class,
        List.of(
            "getSum",
            "getCount",
            "hasMin",
            "getMin",
            "hasMax",
            "getMax",
            "getBoundaries",
            "getCounts",
            "getExemplars"));
    MAPPED.put(
        ExponentialHistogramPointData.class,
        List.of(
            "getScale",
            "getSum",
            "getCount",
            "getZeroCount",
            "hasMin",
            "getMin",
            "hasMax",
            "getMax",
            "getPositiveBuckets",
            "getNegativeBuckets",
            "getExemplars"));
    MAPPED.put(ExponentialHistogramBuckets.class, List.of("getOffset", "getBucketCounts"));
    // The scale is that of the point; the total is the sum of the counts.
    WITHOUT_FIELD.put(ExponentialHistogramBuckets.class, List.of("getScale", "getTotalCount"));
    MAPPED.put(SummaryPointData.class, List.of("getCount", "getSum", "getValues"));
    MAPPED.put(ValueAtQuantile.class, List.of("getQuantile", "getValue"));
    MAPPED.put(
        ExemplarData.class, List.of("getFilteredAttributes", "getEpochNanos", "getSpanContext"));
    MAPPED.put(LongExemplarData.class, List.of("getValue"));
    MAPPED.put(DoubleExemplarData.class, List.of("getValue"));
  }

  @Test
  void shouldKnowEveryAccessorOfTheSdk() {
    for (Map.Entry<Class<?>, List<String>> entry : MAPPED.entrySet()) {
      TreeSet<String> known = new TreeSet<>(entry.getValue());
      known.addAll(WITHOUT_FIELD.getOrDefault(entry.getKey(), List.of()));
      assertThat(accessors(entry.getKey())).as(entry.getKey().getName()).isEqualTo(known);
    }
  }

  /** A new kind of data would come with its own type. */
  @Test
  void shouldKnowEveryTypeThatAnAccessorReturns() {
    for (Class<?> type : MAPPED.keySet()) {
      for (Method method : type.getDeclaredMethods()) {
        Class<?> returned = method.getReturnType();
        if (isAccessor(method) && returned.getName().startsWith("io.opentelemetry.sdk.")) {
          assertThat(returned.isEnum() || MAPPED.containsKey(returned))
              .as("%s.%s", type.getName(), method.getName())
              .isTrue();
        }
      }
    }
  }

  private static Set<String> accessors(Class<?> type) {
    TreeSet<String> names = new TreeSet<>();
    Arrays.stream(type.getDeclaredMethods())
        .filter(SdkDataTest::isAccessor)
        .map(Method::getName)
        .forEach(names::add);
    return names;
  }

  private static boolean isAccessor(Method method) {
    return method.getParameterCount() == 0
        && !method.isSynthetic()
        && !Modifier.isStatic(method.getModifiers())
        && !Modifier.isPrivate(method.getModifiers())
        && method.getName().matches("(get|is|has)[A-Z].*");
  }
}
