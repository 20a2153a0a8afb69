// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Arrays;

/** Sums up the counters of publishing threads. Not thread-safe. */
final class PublisherSums {

  /** Records that were taken into the ring. */
  long accepted;

  /** Records that were not, by outcome. */
  final long[] records = new long[Outcome.values().length];

  /** Their bytes, by outcome. */
  final long[] bytes = new long[Outcome.values().length];

  void clear() {
    accepted = 0;
    Arrays.fill(records, 0);
    Arrays.fill(bytes, 0);
  }

  void add(PublisherSums other) {
    accepted += other.accepted;
    for (int i = 0; i < records.length; i++) {
      records[i] += other.records[i];
      bytes[i] += other.bytes[i];
    }
  }

  /** Records that were offered. */
  long offered() {
    long sum = accepted;
    for (long count : records) {
      sum += count;
    }
    return sum;
  }
}
