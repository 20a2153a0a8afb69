// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The buckets of a histogram, explicit or exponential, added up by their upper bounds. Quantiles
 * are estimates: within a bucket, values are taken as spread evenly.
 *
 * <p>Not thread-safe.
 */
final class Distribution {

  /** A point of a hostile process; the SDK's default for exponential buckets is 160. */
  static final int MAX_BUCKETS = 4096;

  /**
   * A bucket.
   *
   * @param lower bound
   * @param count of values
   */
  private record Bucket(double lower, double count) {
    Bucket plus(double otherLower, double more) {
      // Of exponential buckets with another scale, one bound may be another's in the middle.
      return new Bucket(Math.min(lower, otherLower), count + more);
    }
  }

  private final NavigableMap<Double, Bucket> buckets = new TreeMap<>();
  private double total;
  private boolean isIncomplete;

  /** Forgets all. */
  void clear() {
    buckets.clear();
    total = 0;
    isIncomplete = false;
  }

  /** Adds values between two bounds, the upper one included. */
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
   * An estimate of a quantile.
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
