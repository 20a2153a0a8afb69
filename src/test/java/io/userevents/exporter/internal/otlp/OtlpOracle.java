// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExemplarData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongExemplarData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.internal.Entity;
import io.opentelemetry.sdk.resources.internal.EntityUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translates metrics to OTLP by the generated classes, field by field and independently of any
 * encoder.
 */
final class OtlpOracle {

  /**
   * A point and what is around it.
   *
   * @param around one scope with one metric without points
   */
  record FlatPoint(ResourceMetrics around, Message point) {

    /** Length in bytes of a record with nothing but this point. */
    int lengthAlone() {
      ResourceMetrics.Builder whole = around.toBuilder();
      addPoint(whole.getScopeMetricsBuilder(0).getMetricsBuilder(0), point);
      return ExportMetricsServiceRequest.newBuilder()
          .addResourceMetrics(whole)
          .build()
          .getSerializedSize();
    }
  }

  private final EncoderLimits limits;

  /** The metric before: the parts around its points are made once. */
  private @Nullable MetricData lastMetric;

  private ResourceMetrics lastAround = ResourceMetrics.getDefaultInstance();

  OtlpOracle(EncoderLimits limits) {
    this.limits = limits;
  }

  FlatPoint whole(MetricData metric, PointData point) {
    return new FlatPoint(around(metric), point(metric, point, true));
  }

  FlatPoint withoutExemplars(MetricData metric, PointData point) {
    return new FlatPoint(around(metric), point(metric, point, false));
  }

  FlatPoint withoutExemplarsAndDescription(MetricData metric, PointData point) {
    return new FlatPoint(aroundWithoutDescription(metric), point(metric, point, false));
  }

  /** All points in their order: requests of equal points differ in how they share messages only. */
  static List<FlatPoint> flatten(ExportMetricsServiceRequest request) {
    List<FlatPoint> flat = new ArrayList<>();
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        for (Metric metric : scope.getMetricsList()) {
          ScopeMetrics.Builder oneMetric = scope.toBuilder().clearMetrics();
          oneMetric.addMetrics(withoutPoints(metric));
          ResourceMetrics around =
              resource.toBuilder().clearScopeMetrics().addScopeMetrics(oneMetric).build();
          pointsOf(metric).forEach(point -> flat.add(new FlatPoint(around, point)));
        }
      }
    }
    return flat;
  }

  private ResourceMetrics aroundWithoutDescription(MetricData metric) {
    ResourceMetrics.Builder builder = around(metric).toBuilder();
    builder.getScopeMetricsBuilder(0).setMetrics(0, metric(metric, "", limits));
    return builder.build();
  }

  private ResourceMetrics around(MetricData metric) {
    if (metric == lastMetric) {
      return lastAround;
    }
    ResourceMetrics cutResource = BudgetOracle.resource(metric, limits);
    ScopeMetrics cutScope = BudgetOracle.scope(metric, limits);
    ResourceMetrics.Builder resource =
        cutResource != null ? cutResource.toBuilder() : resource(metric.getResource());
    ScopeMetrics.Builder scope =
        cutScope != null ? cutScope.toBuilder() : scope(metric.getInstrumentationScopeInfo());
    lastAround =
        resource
            .addScopeMetrics(scope.addMetrics(metric(metric, metric.getDescription(), limits)))
            .build();
    lastMetric = metric;
    return lastAround;
  }

  private static ResourceMetrics.Builder resource(Resource resource) {
    io.opentelemetry.proto.resource.v1.Resource.Builder builder =
        io.opentelemetry.proto.resource.v1.Resource.newBuilder()
            .addAllAttributes(attributes(resource.getAttributes()));
    for (Entity entity : EntityUtil.getEntities(resource)) {
      builder.addEntityRefs(
          EntityRef.newBuilder()
              .setSchemaUrl(text(entity.getSchemaUrl()))
              .setType(text(entity.getType()))
              .addAllIdKeys(names(entity.getId()))
              .addAllDescriptionKeys(names(entity.getDescription())));
    }
    return ResourceMetrics.newBuilder()
        .setResource(builder)
        .setSchemaUrl(text(resource.getSchemaUrl()));
  }

  private static List<String> names(Attributes attributes) {
    List<String> names = new ArrayList<>();
    attributes.forEach((key, value) -> names.add(text(key.getKey())));
    return names;
  }

  private static ScopeMetrics.Builder scope(InstrumentationScopeInfo scope) {
    return ScopeMetrics.newBuilder()
        .setScope(
            InstrumentationScope.newBuilder()
                .setName(text(scope.getName()))
                .setVersion(text(scope.getVersion()))
                .addAllAttributes(attributes(scope.getAttributes())))
        .setSchemaUrl(text(scope.getSchemaUrl()));
  }

  private static Metric metric(MetricData metric, String description, EncoderLimits limits) {
    Metric cut = BudgetOracle.metric(metric, description, limits);
    Metric.Builder builder =
        cut != null
            ? cut.toBuilder()
            : Metric.newBuilder()
                .setName(text(metric.getName()))
                .setDescription(text(description))
                .setUnit(text(metric.getUnit()));
    switch (metric.getType()) {
      case LONG_GAUGE, DOUBLE_GAUGE -> builder.getGaugeBuilder();
      case LONG_SUM -> sum(builder, metric.getLongSumData());
      case DOUBLE_SUM -> sum(builder, metric.getDoubleSumData());
      case HISTOGRAM ->
          builder
              .getHistogramBuilder()
              .setAggregationTemporality(
                  temporality(metric.getHistogramData().getAggregationTemporality()));
      case EXPONENTIAL_HISTOGRAM ->
          builder
              .getExponentialHistogramBuilder()
              .setAggregationTemporality(
                  temporality(metric.getExponentialHistogramData().getAggregationTemporality()));
      case SUMMARY -> builder.getSummaryBuilder();
    }
    return builder.build();
  }

  private static void sum(Metric.Builder builder, SumData<?> sum) {
    builder
        .getSumBuilder()
        .setIsMonotonic(sum.isMonotonic())
        .setAggregationTemporality(temporality(sum.getAggregationTemporality()));
  }

  private static AggregationTemporality temporality(
      io.opentelemetry.sdk.metrics.data.AggregationTemporality temporality) {
    return switch (temporality) {
      case DELTA -> AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
      case CUMULATIVE -> AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
    };
  }

  private static Message point(MetricData metric, PointData point, boolean withExemplars) {
    List<Exemplar> exemplars =
        withExemplars
            ? point.getExemplars().stream().map(OtlpOracle::exemplar).toList()
            : List.of();
    return switch (metric.getType()) {
      case LONG_GAUGE, LONG_SUM ->
          number(point, exemplars).setAsInt(((LongPointData) point).getValue()).build();
      case DOUBLE_GAUGE, DOUBLE_SUM ->
          number(point, exemplars).setAsDouble(((DoublePointData) point).getValue()).build();
      case HISTOGRAM -> histogram((HistogramPointData) point, exemplars);
      case EXPONENTIAL_HISTOGRAM ->
          exponentialHistogram((ExponentialHistogramPointData) point, exemplars);
      case SUMMARY -> summary((SummaryPointData) point);
    };
  }

  private static NumberDataPoint.Builder number(PointData point, List<Exemplar> exemplars) {
    return NumberDataPoint.newBuilder()
        .setStartTimeUnixNano(point.getStartEpochNanos())
        .setTimeUnixNano(point.getEpochNanos())
        .addAllAttributes(attributes(point.getAttributes()))
        .addAllExemplars(exemplars);
  }

  private static HistogramDataPoint histogram(HistogramPointData point, List<Exemplar> exemplars) {
    HistogramDataPoint.Builder builder =
        HistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(point.getStartEpochNanos())
            .setTimeUnixNano(point.getEpochNanos())
            .addAllAttributes(attributes(point.getAttributes()))
            .addAllExemplars(exemplars)
            .setCount(point.getCount())
            .setSum(point.getSum())
            .addAllBucketCounts(point.getCounts())
            .addAllExplicitBounds(point.getBoundaries());
    if (point.hasMin()) {
      builder.setMin(point.getMin());
    }
    if (point.hasMax()) {
      builder.setMax(point.getMax());
    }
    return builder.build();
  }

  private static ExponentialHistogramDataPoint exponentialHistogram(
      ExponentialHistogramPointData point, List<Exemplar> exemplars) {
    ExponentialHistogramDataPoint.Builder builder =
        ExponentialHistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(point.getStartEpochNanos())
            .setTimeUnixNano(point.getEpochNanos())
            .addAllAttributes(attributes(point.getAttributes()))
            .addAllExemplars(exemplars)
            .setCount(point.getCount())
            .setSum(point.getSum())
            .setScale(point.getScale())
            .setZeroCount(point.getZeroCount())
            .setPositive(buckets(point.getPositiveBuckets()))
            .setNegative(buckets(point.getNegativeBuckets()));
    if (point.hasMin()) {
      builder.setMin(point.getMin());
    }
    if (point.hasMax()) {
      builder.setMax(point.getMax());
    }
    return builder.build();
  }

  private static ExponentialHistogramDataPoint.Buckets buckets(
      ExponentialHistogramBuckets buckets) {
    return ExponentialHistogramDataPoint.Buckets.newBuilder()
        .setOffset(buckets.getOffset())
        .addAllBucketCounts(buckets.getBucketCounts())
        .build();
  }

  private static SummaryDataPoint summary(SummaryPointData point) {
    SummaryDataPoint.Builder builder =
        SummaryDataPoint.newBuilder()
            .setStartTimeUnixNano(point.getStartEpochNanos())
            .setTimeUnixNano(point.getEpochNanos())
            .addAllAttributes(attributes(point.getAttributes()))
            .setCount(point.getCount())
            .setSum(withoutNegativeZero(point.getSum()));
    point
        .getValues()
        .forEach(
            value ->
                builder
                    .addQuantileValuesBuilder()
                    .setQuantile(withoutNegativeZero(value.getQuantile()))
                    .setValue(withoutNegativeZero(value.getValue())));
    return builder.build();
  }

  /** The exporters of OpenTelemetry take a negative zero for the default of a field, too. */
  private static double withoutNegativeZero(double value) {
    return value + 0.0;
  }

  private static Exemplar exemplar(ExemplarData exemplar) {
    Exemplar.Builder builder =
        Exemplar.newBuilder()
            .setTimeUnixNano(exemplar.getEpochNanos())
            .addAllFilteredAttributes(attributes(exemplar.getFilteredAttributes()));
    if (exemplar.getSpanContext().isValid()) {
      builder
          .setTraceId(bytes(exemplar.getSpanContext().getTraceId()))
          .setSpanId(bytes(exemplar.getSpanContext().getSpanId()));
    }
    if (exemplar instanceof LongExemplarData number) {
      builder.setAsInt(number.getValue());
    } else if (exemplar instanceof DoubleExemplarData number) {
      builder.setAsDouble(number.getValue());
    }
    return builder.build();
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  private static List<KeyValue> attributes(Attributes attributes) {
    List<KeyValue> list = new ArrayList<>();
    attributes.forEach((key, value) -> list.add(attribute(key, value)));
    return list;
  }

  private static KeyValue attribute(AttributeKey<?> key, Object value) {
    return KeyValue.newBuilder()
        .setKey(text(key.getKey()))
        .setValue(anyValue(value, key.getType()))
        .build();
  }

  private static AnyValue anyValue(@Nullable Object value, AttributeType type) {
    AnyValue.Builder builder = AnyValue.newBuilder();
    if (value == null) {
      return type == AttributeType.STRING_ARRAY
          ? builder.setStringValue("").build()
          : builder.build();
    } else if (value instanceof Value<?> nested) {
      return value(nested);
    } else if (value instanceof String string) {
      builder.setStringValue(text(string));
    } else if (value instanceof Boolean bool) {
      builder.setBoolValue(bool);
    } else if (value instanceof Long number) {
      builder.setIntValue(number);
    } else if (value instanceof Double number) {
      builder.setDoubleValue(number);
    } else if (value instanceof List<?> list) {
      ArrayValue.Builder values = builder.getArrayValueBuilder();
      list.forEach(element -> values.addValues(anyValue(element, type)));
    }
    return builder.build();
  }

  private static AnyValue value(Value<?> value) {
    return switch (value.getType()) {
      case BYTES ->
          AnyValue.newBuilder()
              .setBytesValue(ByteString.copyFrom((ByteBuffer) value.getValue()))
              .build();
      case KEY_VALUE_LIST ->
          AnyValue.newBuilder().setKvlistValue(keyValueList((List<?>) value.getValue())).build();
      case EMPTY -> AnyValue.getDefaultInstance();
      default -> anyValue(value.getValue(), AttributeType.VALUE);
    };
  }

  private static KeyValueList keyValueList(List<?> entries) {
    KeyValueList.Builder builder = KeyValueList.newBuilder();
    for (Object element : entries) {
      if (element instanceof io.opentelemetry.api.common.KeyValue entry) {
        builder.addValuesBuilder().setKey(text(entry.getKey())).setValue(value(entry.getValue()));
      }
    }
    return builder.build();
  }

  private static Metric withoutPoints(Metric metric) {
    Metric.Builder builder = metric.toBuilder();
    switch (metric.getDataCase()) {
      case GAUGE -> builder.getGaugeBuilder().clearDataPoints();
      case SUM -> builder.getSumBuilder().clearDataPoints();
      case HISTOGRAM -> builder.getHistogramBuilder().clearDataPoints();
      case EXPONENTIAL_HISTOGRAM -> builder.getExponentialHistogramBuilder().clearDataPoints();
      case SUMMARY -> builder.getSummaryBuilder().clearDataPoints();
      case DATA_NOT_SET -> throw new AssertionError("metric without data: " + metric);
    }
    return builder.build();
  }

  private static List<? extends Message> pointsOf(Metric metric) {
    return switch (metric.getDataCase()) {
      case GAUGE -> metric.getGauge().getDataPointsList();
      case SUM -> metric.getSum().getDataPointsList();
      case HISTOGRAM -> metric.getHistogram().getDataPointsList();
      case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsList();
      case SUMMARY -> metric.getSummary().getDataPointsList();
      case DATA_NOT_SET -> throw new AssertionError("metric without data: " + metric);
    };
  }

  private static void addPoint(Metric.Builder metric, Message point) {
    switch (metric.getDataCase()) {
      case GAUGE -> metric.getGaugeBuilder().addDataPoints((NumberDataPoint) point);
      case SUM -> metric.getSumBuilder().addDataPoints((NumberDataPoint) point);
      case HISTOGRAM -> metric.getHistogramBuilder().addDataPoints((HistogramDataPoint) point);
      case EXPONENTIAL_HISTOGRAM ->
          metric
              .getExponentialHistogramBuilder()
              .addDataPoints((ExponentialHistogramDataPoint) point);
      case SUMMARY -> metric.getSummaryBuilder().addDataPoints((SummaryDataPoint) point);
      case DATA_NOT_SET -> throw new AssertionError("metric without data: " + metric);
    }
  }

  /** Unpaired surrogates become question marks, as {@link String#getBytes} does it. */
  private static String text(@Nullable String text) {
    return text == null
        ? ""
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
