// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One data point, with the fields that a series needs.
 *
 * @param kind of the metric
 * @param isDelta whether it counts from {@code startNs} to {@code timeNs} only
 * @param startNs UNIX time in ns; 0 if the point has none
 * @param timeNs UNIX time
 * @param value the number; for histograms and summaries the count
 * @param sum of histograms and summaries; NaN if there is none
 * @param buckets of a histogram
 */
record Point(
    Kind kind,
    boolean isDelta,
    long startNs,
    long timeNs,
    double value,
    double sum,
    @Nullable Buckets buckets) {

  /** Supplies the buckets of one point. */
  interface Buckets {
    void addTo(Distribution distribution);
  }

  static Buckets explicit(HistogramDataPoint point) {
    return distribution -> {
      List<Double> bounds = point.getExplicitBoundsList();
      List<Long> counts = point.getBucketCountsList();
      for (int i = 0; i < Math.min(counts.size(), bounds.size() + 1); i++) {
        double least = point.hasMin() ? point.getMin() : Double.NEGATIVE_INFINITY;
        double most = point.hasMax() ? point.getMax() : Double.POSITIVE_INFINITY;
        double lower = i == 0 ? least : bounds.get(i - 1);
        double upper = i == bounds.size() ? most : bounds.get(i);
        distribution.add(lower, upper, unsigned(counts.get(i)));
      }
    };
  }

  /** Bucket i of the positive range has values above base^(offset + i), base is 2^(2^-scale). */
  static Buckets exponential(ExponentialHistogramDataPoint point) {
    return distribution -> {
      double exponent = Math.scalb(1.0, -point.getScale());
      distribution.add(
          -point.getZeroThreshold(), point.getZeroThreshold(), unsigned(point.getZeroCount()));
      var positive = point.getPositive();
      for (int i = 0; i < positive.getBucketCountsCount(); i++) {
        double index = (double) positive.getOffset() + i;
        distribution.add(
            Math.pow(2, index * exponent),
            Math.pow(2, (index + 1) * exponent),
            unsigned(positive.getBucketCounts(i)));
      }
      var negative = point.getNegative();
      for (int i = 0; i < negative.getBucketCountsCount(); i++) {
        double index = (double) negative.getOffset() + i;
        distribution.add(
            -Math.pow(2, (index + 1) * exponent),
            -Math.pow(2, index * exponent),
            unsigned(negative.getBucketCounts(i)));
      }
    };
  }

  /** Counts are unsigned in protobuf. */
  static double unsigned(long count) {
    return count >= 0 ? count : (count >>> 1) * 2.0;
  }
}
