// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.CUMULATIVE;
import static io.opentelemetry.sdk.metrics.data.AggregationTemporality.DELTA;
import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.END_NANOS;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SPAN;
import static io.userevents.exporter.internal.otlp.TestMetrics.START_NANOS;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.doublePoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.doubleSum;
import static io.userevents.exporter.internal.otlp.TestMetrics.exponentialHistogram;
import static io.userevents.exporter.internal.otlp.TestMetrics.histogram;
import static io.userevents.exporter.internal.otlp.TestMetrics.longExemplar;
import static io.userevents.exporter.internal.otlp.TestMetrics.longGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static io.userevents.exporter.internal.otlp.TestMetrics.longSum;
import static io.userevents.exporter.internal.otlp.TestMetrics.summary;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryPointData;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.resources.internal.Entity;
import io.opentelemetry.sdk.resources.internal.EntityUtil;
import io.userevents.exporter.internal.otlp.OtlpOracle.FlatPoint;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The accessors of {@link SdkDataTest}, called: the tests' data have a value for each of them, and
 * {@link OtlpOracle} says something else, or fails, where that value is missing.
 */
class SdkDataMappingTest {

  private static final Set<Class<?>> TYPES = SdkDataTest.MAPPED.keySet();

  private static final Entity ENTITY =
      Entity.builder("service", Attributes.builder().put("service.instance.id", "17").build())
          .setSchemaUrl("https://example.org/entity")
          .setDescription(Attributes.builder().put("service.team", "core").build())
          .build();

  private static final DoubleExemplarData EXEMPLAR = doubleExemplar(2.5, ATTRIBUTES, SPAN);
  private static final ExponentialHistogramBuckets BUCKETS =
      ExponentialHistogramBuckets.create(-3, -70, List.of(0L, 1L, 127L));

  /** In place of those of {@link TestMetrics}, whose lowest and highest values are 0. */
  private static final HistogramPointData HISTOGRAM_POINT =
      ImmutableHistogramPointData.create(
          START_NANOS,
          END_NANOS,
          ATTRIBUTES,
          12.5,
          true,
          0.5,
          true,
          9.75,
          List.of(1.0, 5.0),
          List.of(1L, 3L, 2L),
          List.of(EXEMPLAR));

  private static final ExponentialHistogramPointData EXPONENTIAL_POINT =
      ExponentialHistogramPointData.create(
          -3,
          -1.5,
          2,
          true,
          -8.0,
          true,
          9.5,
          BUCKETS,
          BUCKETS,
          START_NANOS,
          END_NANOS,
          ATTRIBUTES,
          List.of(EXEMPLAR));

  private static final List<MetricData> METRICS =
      List.of(
          longGauge(
              resource(true, true, List.of(ENTITY)),
              SCOPE,
              "levels",
              "Price levels in the book",
              longPoint(7, ATTRIBUTES, longExemplar(8, ATTRIBUTES, SPAN))),
          doubleGauge("spread", doublePoint(1.5, ATTRIBUTES, EXEMPLAR)),
          longSum(true, DELTA, longPoint(7, ATTRIBUTES)),
          doubleSum(true, CUMULATIVE, doublePoint(1.5, ATTRIBUTES)),
          histogram(DELTA, HISTOGRAM_POINT),
          exponentialHistogram(CUMULATIVE, EXPONENTIAL_POINT),
          summary(
              ImmutableSummaryPointData.create(
                  START_NANOS,
                  END_NANOS,
                  ATTRIBUTES,
                  4,
                  17.5,
                  List.of(ValueAtQuantile.create(0.5, 1.25)))));

  static Stream<Arguments> accessors() {
    return SdkDataTest.MAPPED.entrySet().stream()
        .flatMap(
            entry -> entry.getValue().stream().map(name -> Arguments.of(entry.getKey(), name)));
  }

  @ParameterizedTest
  @MethodSource("accessors")
  void shouldHaveAValueInTheDataOfTests(Class<?> type, String accessor) throws Exception {
    List<Object> values = new ArrayList<>();
    for (Object object : allOf(type)) {
      values.add(call(object, type.getDeclaredMethod(accessor)));
    }

    assertThat(values).anyMatch(value -> !DataWithoutAccessor.isDefault(value));
  }

  @ParameterizedTest
  @MethodSource("accessors")
  void shouldBeMappedByTheOracle(Class<?> type, String accessor) {
    List<MetricData> without;
    if (type == Resource.class) {
      without = List.of(withResource(resourceWithout(accessor)));
    } else if (type == InstrumentationScopeInfo.class) {
      without = List.of(withScope(scopeWithout(accessor)));
    } else if (type == Entity.class) {
      Entity entity = DataWithoutAccessor.of(ENTITY, TYPES, type, accessor);
      without = List.of(withResource(resource(true, true, List.of(entity))));
      // An attribute that identifies is one of the resource's as well, which is no reference.
      assertThat(entityRefs(without.get(0))).isNotEqualTo(entityRefs(METRICS.get(0)));
    } else {
      without =
          METRICS.stream()
              .map(metric -> DataWithoutAccessor.of(metric, TYPES, type, accessor))
              .toList();
    }

    for (int i = 0; i < without.size(); i++) {
      if (isOtherwise(without.get(i), METRICS.get(i))) {
        return;
      }
    }
    throw new AssertionError("OtlpOracle says the same without " + type + "." + accessor);
  }

  @Test
  void shouldSayTheSameOfDataThatLackNothing() {
    for (MetricData metric : METRICS) {
      MetricData same = DataWithoutAccessor.of(metric, TYPES, MetricData.class, "none");
      assertThat(oracle(same)).isEqualTo(oracle(metric));
    }
  }

  /** Whether the oracle says something else of the first one, or cannot do without. */
  private static boolean isOtherwise(MetricData without, MetricData whole) {
    List<FlatPoint> expected = oracle(whole);
    try {
      return !oracle(without).equals(expected);
    } catch (NullPointerException e) {
      // Of an object of data that is missing: the oracle has asked for it.
      return true;
    }
  }

  private static List<FlatPoint> oracle(MetricData metric) {
    OtlpOracle oracle =
        new OtlpOracle(
            new EncoderLimits(EncoderLimits.HIGHEST, EncoderLimits.HIGHEST, Integer.MAX_VALUE));
    List<FlatPoint> points = new ArrayList<>();
    for (PointData point : metric.getData().getPoints()) {
      points.add(oracle.whole(metric, point));
    }
    return points;
  }

  private static List<?> entityRefs(MetricData metric) {
    return oracle(metric).get(0).around().getResource().getEntityRefsList();
  }

  private static MetricData withResource(Resource resource) {
    return gauge(resource, SCOPE);
  }

  private static MetricData withScope(InstrumentationScopeInfo scope) {
    return gauge(METRICS.get(0).getResource(), scope);
  }

  /** Like the first of all metrics. */
  private static MetricData gauge(Resource resource, InstrumentationScopeInfo scope) {
    return longGauge(
        resource,
        scope,
        "levels",
        "Price levels in the book",
        longPoint(7, ATTRIBUTES, longExemplar(8, ATTRIBUTES, SPAN)));
  }

  private static Resource resourceWithout(String accessor) {
    return switch (accessor) {
      case "getAttributes" -> resource(false, true, List.of(ENTITY));
      case "getSchemaUrl" -> resource(true, false, List.of(ENTITY));
      case "getEntities" -> resource(true, true, List.of());
      default -> throw new AssertionError("not known here: " + accessor);
    };
  }

  private static Resource resource(
      boolean withAttributes, boolean withSchemaUrl, List<Entity> entities) {
    ResourceBuilder builder = Resource.builder();
    if (withAttributes) {
      builder.put("cloud.region", "eu-central-1");
    }
    if (withSchemaUrl) {
      builder.setSchemaUrl("https://example.org/resource");
    }
    entities.forEach(entity -> EntityUtil.addEntity(builder, entity));
    return builder.build();
  }

  private static InstrumentationScopeInfo scopeWithout(String accessor) {
    InstrumentationScopeInfoBuilder builder =
        InstrumentationScopeInfo.builder(accessor.equals("getName") ? "" : SCOPE.getName());
    if (!accessor.equals("getVersion")) {
      builder.setVersion(String.valueOf(SCOPE.getVersion()));
    }
    if (!accessor.equals("getSchemaUrl")) {
      builder.setSchemaUrl(String.valueOf(SCOPE.getSchemaUrl()));
    }
    if (!accessor.equals("getAttributes")) {
      builder.setAttributes(SCOPE.getAttributes());
    }
    return builder.build();
  }

  /** All objects of a type that the metrics consist of. */
  private static List<Object> allOf(Class<?> type) throws ReflectiveOperationException {
    List<Object> found = new ArrayList<>();
    for (MetricData metric : METRICS) {
      collect(metric, type, found);
    }
    return found;
  }

  private static void collect(Object object, Class<?> type, List<Object> found)
      throws ReflectiveOperationException {
    if (type.isInstance(object)) {
      found.add(object);
    }
    for (Class<?> declaring : TYPES) {
      if (!declaring.isInstance(object)) {
        continue;
      }
      for (String accessor : SdkDataTest.MAPPED.getOrDefault(declaring, List.of())) {
        collectReturned(call(object, declaring.getDeclaredMethod(accessor)), type, found);
      }
      if (object instanceof MetricData metric && declaring == MetricData.class) {
        collect(metric.getData(), type, found);
      }
    }
  }

  private static void collectReturned(@Nullable Object returned, Class<?> type, List<Object> found)
      throws ReflectiveOperationException {
    if (returned instanceof Collection<?> elements) {
      for (Object element : elements) {
        collectReturned(element, type, found);
      }
    } else if (returned != null && TYPES.stream().anyMatch(known -> known.isInstance(returned))) {
      collect(returned, type, found);
    }
  }

  private static @Nullable Object call(Object object, Method accessor)
      throws ReflectiveOperationException {
    accessor.setAccessible(true);
    return accessor.invoke(object);
  }
}
