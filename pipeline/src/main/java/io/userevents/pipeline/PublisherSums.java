// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Arrays;

/** The sums of the counters of publishing threads. This class is not thread-safe. */
final class PublisherSums {

  /** Records that the ring has taken. */
  long accepted;

  /** Records that the ring has refused, by outcome. */
  final long[] records = new long[Outcome.values().length];

  /** Bytes of the refused records, by outcome. */
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

  /** Returns the number of records that were offered. */
  long offered() {
    long sum = accepted;
    for (long count : records) {
      sum += count;
    }
    return sum;
  }
}
