// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.List;

/**
 * Brings points into the processor's cache before they are encoded. This class is not thread-safe.
 *
 * <p>The points of an export lie at random places of the heap, in an order that depends on the
 * SDK's hash tables and on the garbage collector. With some 10,000 of them, each one has to come
 * from memory that is farther away than the core's own caches. The encoding of a point takes more
 * instructions than a processor looks ahead, so it would wait for each point in turn. A loop that
 * only looks at the class of each point is short enough that the processor loads many at the same
 * time.
 */
final class PointPrefetch {

  /**
   * The number of points that are brought in at a time. It is more than a core loads at once, some
   * 16, and few enough that they stay in its first cache until they are encoded.
   */
  static final int POINTS = 32;

  /** The result of the loop, which keeps the compiler from removing it. */
  private int otherClasses;

  /** Loads the points from {@code begin} to {@code end}; there is at least one. */
  void load(List<? extends PointData> points, int begin, int end) {
    // A comparison of classes needs no call, whose target would differ from one metric to the next.
    Class<?> first = points.get(begin).getClass();
    int others = 0;
    for (int i = begin + 1; i < end; i++) {
      if (points.get(i).getClass() != first) {
        others++;
      }
    }
    otherClasses = others;
  }

  /** Returns how many points of the last call were of another class than the first one. */
  int otherClasses() {
    return otherClasses;
  }
}
