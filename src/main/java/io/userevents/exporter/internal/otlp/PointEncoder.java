// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.userevents.exporter.internal.otlp.OtlpFields.MetricKind;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Encodes one data point as the field {@code data_points} of its metric's kind, header included:
 * the bytes of several points one after the other are the repeated field. First {@link #measure},
 * then, if it fits, {@link #write}. Not thread-safe.
 */
final class PointEncoder {

  private final NumberPointEncoder numbers;
  private final HistogramPointEncoder histograms;
  private final ExponentialHistogramPointEncoder exponentialHistograms;
  private final SummaryPointEncoder summaries;

  private int bodyLength;

  /**
   * @param capacity in bytes, of the longest point that is written
   */
  PointEncoder(AttributesEncoder attributes, EncodedCache cache, int capacity) {
    PointAttributes pointAttributes = new PointAttributes(attributes, cache, capacity);
    ExemplarEncoder exemplars = new ExemplarEncoder(attributes, capacity);
    numbers = new NumberPointEncoder(pointAttributes, exemplars);
    histograms = new HistogramPointEncoder(pointAttributes, exemplars);
    exponentialHistograms =
        new ExponentialHistogramPointEncoder(pointAttributes, exemplars, capacity);
    summaries = new SummaryPointEncoder(pointAttributes, capacity);
  }

  /**
   * Takes the point in.
   *
   * @param type of the metric that the point belongs to
   * @return its length in bytes; {@link ProtoWriter#MEASURE_LIMIT} or more if it is not known
   * @throws ClassCastException if the point is of another type
   */
  int measure(MetricDataType type, PointData point, boolean withExemplars) {
    bodyLength =
        switch (type) {
          case LONG_GAUGE, LONG_SUM -> numbers.measure((LongPointData) point, withExemplars);
          case DOUBLE_GAUGE, DOUBLE_SUM -> numbers.measure((DoublePointData) point, withExemplars);
          case HISTOGRAM -> histograms.measure((HistogramPointData) point, withExemplars);
          case EXPONENTIAL_HISTOGRAM ->
              exponentialHistograms.measure((ExponentialHistogramPointData) point, withExemplars);
          case SUMMARY -> summaries.measure((SummaryPointData) point);
        };
    return ProtoFields.framedLength(bodyLength);
  }

  /** Writes the point that was measured last. */
  void write(MetricDataType type, UnsafeBuffer buffer, int index) {
    int body = ProtoFields.putHeader(buffer, index, MetricKind.DATA_POINTS, bodyLength);
    switch (type) {
      case LONG_GAUGE, LONG_SUM, DOUBLE_GAUGE, DOUBLE_SUM -> numbers.write(buffer, body);
      case HISTOGRAM -> histograms.write(buffer, body);
      case EXPONENTIAL_HISTOGRAM -> exponentialHistograms.write(buffer, body);
      case SUMMARY -> summaries.write(buffer, body);
    }
  }
}
