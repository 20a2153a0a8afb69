// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.List;

/**
 * Brings points into the processor's cache before they are encoded. This class is not thread-safe.
 *
 * <p>The points of an export lie at random places of the heap, in an order that depends on the
 * SDK's hash tables and on the garbage collector. With some 10,000 of them, each one has to come
 * from memory that is farther away than the core's own caches. The encoding of a point takes more
 * instructions than a processor looks ahead, so it would wait for each point in turn. A loop that
 * does nothing but read is short enough that the processor loads many points at the same time.
 *
 * <p>The points of gauges and sums take one or two lines of the cache. The loops read their class,
 * which is at the beginning, and their exemplars, which are at the end of the SDK's own points.
 * Each type has a loop, so that the compiler knows the called method. Of other points, most of the
 * memory is elsewhere, in lists of buckets; their class is read, and reading more did not pay.
 */
final class PointPrefetch {

  /**
   * The number of points that are brought in at a time. It is more than a core loads at once, some
   * 16, and few enough that they stay in its first cache until they are encoded.
   */
  static final int POINTS = 32;

  /** The result of the last loop. It keeps the compiler from removing the loop. */
  @SuppressWarnings("UnusedVariable")
  private int found;

  /**
   * Loads some points.
   *
   * @param type type of the metric that the points belong to
   * @param begin index of the first point
   * @param end index behind the last point, above {@code begin}
   * @throws ClassCastException if a point is of another type
   */
  void load(MetricDataType type, List<? extends PointData> points, int begin, int end) {
    found =
        switch (type) {
          case LONG_GAUGE, LONG_SUM -> loadLongs(points, begin, end);
          case DOUBLE_GAUGE, DOUBLE_SUM -> loadDoubles(points, begin, end);
          case HISTOGRAM, EXPONENTIAL_HISTOGRAM, SUMMARY -> loadClasses(points, begin, end);
        };
  }

  private static int loadLongs(List<? extends PointData> points, int begin, int end) {
    int found = 0;
    for (int i = begin; i < end; i++) {
      found += ((LongPointData) points.get(i)).getExemplars() == null ? 0 : 1;
    }
    return found;
  }

  private static int loadDoubles(List<? extends PointData> points, int begin, int end) {
    int found = 0;
    for (int i = begin; i < end; i++) {
      found += ((DoublePointData) points.get(i)).getExemplars() == null ? 0 : 1;
    }
    return found;
  }

  private static int loadClasses(List<? extends PointData> points, int begin, int end) {
    Class<?> first = points.get(begin).getClass();
    int found = 0;
    for (int i = begin; i < end; i++) {
      found += points.get(i).getClass() == first ? 1 : 0;
    }
    return found;
  }
}
