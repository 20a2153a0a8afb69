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
 * Encodes one data point as the field {@code data_points} of its metric's kind, including the
 * header. The bytes of several points one after the other are the repeated field. Call {@link
 * #measure} first, then {@link #write} if the point fits. This class is not thread-safe.
 */
final class PointEncoder {

  private final NumberPointEncoder numbers;
  private final HistogramPointEncoder histograms;
  private final ExponentialHistogramPointEncoder exponentialHistograms;
  private final SummaryPointEncoder summaries;

  private int bodyLength;

  /**
   * Creates an encoder.
   *
   * @param capacity length of the longest point that is written, in bytes
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
   * Measures a point and keeps it for {@link #write}.
   *
   * @param type type of the metric that the point belongs to
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
