// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The buckets of a histogram, explicit or exponential, added up by their upper bounds. Quantiles
 * are estimates that assume an even spread of the values within a bucket.
 *
 * <p>Not thread-safe.
 */
final class Distribution {

  /**
   * The largest number of buckets, against points of a hostile process. The SDK's default for
   * exponential buckets is 160.
   */
  static final int MAX_BUCKETS = 4096;

  /**
   * A bucket.
   *
   * @param lower bound
   * @param count of values
   */
  private record Bucket(double lower, double count) {
    Bucket plus(double otherLower, double more) {
      // With another scale, the bound of an exponential bucket may lie within another bucket.
      return new Bucket(Math.min(lower, otherLower), count + more);
    }
  }

  private final NavigableMap<Double, Bucket> buckets = new TreeMap<>();
  private double total;
  private boolean isIncomplete;

  /** Removes all values. */
  void clear() {
    buckets.clear();
    total = 0;
    isIncomplete = false;
  }

  /** Adds values between two bounds, including the upper bound. */
  void add(double lower, double upper, double count) {
    if (count <= 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
      return;
    }
    Bucket known = buckets.get(upper);
    if (known == null && buckets.size() == MAX_BUCKETS) {
      isIncomplete = true;
      return;
    }
    buckets.put(upper, known == null ? new Bucket(lower, count) : known.plus(lower, count));
    total += count;
  }

  /**
   * Estimates a quantile.
   *
   * @param quantile 0 to 1
   * @return NaN if there are no buckets, or not all could be kept
   */
  double quantile(double quantile) {
    if (total == 0 || isIncomplete) {
      return Double.NaN;
    }
    double rank = quantile * total;
    double before = 0;
    for (var entry : buckets.entrySet()) {
      Bucket bucket = entry.getValue();
      if (before + bucket.count >= rank) {
        return within(bucket.lower, entry.getKey(), (rank - before) / bucket.count);
      }
      before += bucket.count;
    }
    return buckets.lastKey();
  }

  private static double within(double lower, double upper, double part) {
    if (Double.isInfinite(lower)) {
      return upper;
    }
    return Double.isInfinite(upper) ? lower : lower + (upper - lower) * part;
  }
}
