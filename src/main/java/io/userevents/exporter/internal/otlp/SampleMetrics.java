// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
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
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.data.SummaryData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Sample metrics for {@link EncoderWarmUp}, one of each type with one point. They implement the
 * SDK's interfaces, because its own implementations are internal to it.
 */
final class SampleMetrics {

  private static final Resource RESOURCE = Resource.getDefault();
  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create("io.userevents.exporter");
  private static final Attributes ATTRIBUTES =
      Attributes.builder().put("s", "s").put("l", 1).put("d", 0.5).put("b", true).build();

  private SampleMetrics() {}

  /** Returns all metrics in a list of the kind that the SDK passes to exporters. */
  static List<MetricData> all() {
    List<MetricData> metrics = new ArrayList<>();
    metrics.add(new Metric(MetricDataType.LONG_SUM, new Numbers<>(List.of(new LongPoint()))));
    metrics.add(new Metric(MetricDataType.DOUBLE_SUM, new Numbers<>(List.of(new DoublePoint()))));
    metrics.add(new Metric(MetricDataType.LONG_GAUGE, new Numbers<>(List.of(new LongPoint()))));
    metrics.add(new Metric(MetricDataType.DOUBLE_GAUGE, new Numbers<>(List.of(new DoublePoint()))));
    metrics.add(new Metric(MetricDataType.HISTOGRAM, new Histograms()));
    metrics.add(new Metric(MetricDataType.EXPONENTIAL_HISTOGRAM, new ExponentialHistograms()));
    metrics.add(new Metric(MetricDataType.SUMMARY, new Summaries()));
    return metrics;
  }

  private record Metric(MetricDataType type, Data<?> data) implements MetricData {

    @Override
    public Resource getResource() {
      return RESOURCE;
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return SCOPE;
    }

    @Override
    public String getName() {
      return "sample";
    }

    @Override
    public String getDescription() {
      return "sample";
    }

    @Override
    public String getUnit() {
      return "1";
    }

    @Override
    public MetricDataType getType() {
      return type;
    }

    @Override
    public Data<?> getData() {
      return data;
    }
  }

  private record Numbers<T extends PointData>(List<T> points) implements SumData<T>, GaugeData<T> {

    @Override
    public Collection<T> getPoints() {
      return points;
    }

    @Override
    public boolean isMonotonic() {
      return true;
    }

    @Override
    public AggregationTemporality getAggregationTemporality() {
      return AggregationTemporality.DELTA;
    }
  }

  private static final class Histograms implements HistogramData {

    @Override
    public Collection<HistogramPointData> getPoints() {
      return List.of(new HistogramPoint());
    }

    @Override
    public AggregationTemporality getAggregationTemporality() {
      return AggregationTemporality.DELTA;
    }
  }

  private static final class ExponentialHistograms implements ExponentialHistogramData {

    @Override
    public Collection<ExponentialHistogramPointData> getPoints() {
      return List.of(new ExponentialPoint());
    }

    @Override
    public AggregationTemporality getAggregationTemporality() {
      return AggregationTemporality.DELTA;
    }
  }

  private static final class Summaries implements SummaryData {

    @Override
    public Collection<SummaryPointData> getPoints() {
      return List.of(new SummaryPoint());
    }
  }

  private abstract static class Point implements PointData {

    @Override
    public long getStartEpochNanos() {
      return 1;
    }

    @Override
    public long getEpochNanos() {
      return 2;
    }

    @Override
    public Attributes getAttributes() {
      return ATTRIBUTES;
    }
  }

  private static final class LongPoint extends Point implements LongPointData {

    @Override
    public long getValue() {
      return 1;
    }

    @Override
    public List<LongExemplarData> getExemplars() {
      return List.of();
    }
  }

  private static final class DoublePoint extends Point implements DoublePointData {

    @Override
    public double getValue() {
      return 0.5;
    }

    @Override
    public List<DoubleExemplarData> getExemplars() {
      return List.of(new DoubleExemplar());
    }
  }

  private static final class HistogramPoint extends Point implements HistogramPointData {

    @Override
    public double getSum() {
      return 0.5;
    }

    @Override
    public long getCount() {
      return 1;
    }

    @Override
    public boolean hasMin() {
      return true;
    }

    @Override
    public double getMin() {
      return 0.5;
    }

    @Override
    public boolean hasMax() {
      return true;
    }

    @Override
    public double getMax() {
      return 0.5;
    }

    @Override
    public List<Double> getBoundaries() {
      return List.of(1.0);
    }

    @Override
    public List<Long> getCounts() {
      return List.of(1L, 0L);
    }

    @Override
    public List<DoubleExemplarData> getExemplars() {
      return List.of();
    }
  }

  private static final class ExponentialPoint extends Point
      implements ExponentialHistogramPointData {

    @Override
    public int getScale() {
      return 0;
    }

    @Override
    public double getSum() {
      return 0.5;
    }

    @Override
    public long getCount() {
      return 2;
    }

    @Override
    public long getZeroCount() {
      return 1;
    }

    @Override
    public boolean hasMin() {
      return true;
    }

    @Override
    public double getMin() {
      return 0;
    }

    @Override
    public boolean hasMax() {
      return true;
    }

    @Override
    public double getMax() {
      return 0.5;
    }

    @Override
    public ExponentialHistogramBuckets getPositiveBuckets() {
      return new Buckets();
    }

    @Override
    public ExponentialHistogramBuckets getNegativeBuckets() {
      return new Buckets();
    }

    @Override
    public List<DoubleExemplarData> getExemplars() {
      return List.of();
    }
  }

  private static final class SummaryPoint extends Point implements SummaryPointData {

    @Override
    public long getCount() {
      return 1;
    }

    @Override
    public double getSum() {
      return 0.5;
    }

    @Override
    public List<ValueAtQuantile> getValues() {
      return List.of();
    }

    @Override
    public List<? extends ExemplarData> getExemplars() {
      return List.of();
    }
  }

  private static final class Buckets implements ExponentialHistogramBuckets {

    @Override
    public int getScale() {
      return 0;
    }

    @Override
    public int getOffset() {
      return 0;
    }

    @Override
    public List<Long> getBucketCounts() {
      return List.of(1L);
    }

    @Override
    public long getTotalCount() {
      return 1;
    }
  }

  private static final class DoubleExemplar implements DoubleExemplarData {

    @Override
    public Attributes getFilteredAttributes() {
      return ATTRIBUTES;
    }

    @Override
    public long getEpochNanos() {
      return 2;
    }

    @Override
    public SpanContext getSpanContext() {
      return SpanContext.getInvalid();
    }

    @Override
    public double getValue() {
      return 0.5;
    }
  }
}
