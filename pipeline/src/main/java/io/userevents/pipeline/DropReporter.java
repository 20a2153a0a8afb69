// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Logs that records were dropped, why, and what to do: at once the first time, then at most once a
 * minute. Only the consumer's thread uses it, so publishers never log.
 */
final class DropReporter {

  static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  /**
   * The outcomes that are reported. Records that were dropped because no listener was attached, and
   * records that their publisher gave up, are no loss.
   */
  private static final Outcome[] REPORTED = {
    Outcome.DROPPED_FULL, Outcome.DROPPED_TOO_LARGE, Outcome.DROPPED_ERROR, Outcome.DROPPED_CLOSED
  };

  private final Counters counters;
  private final String eventName;
  private final int ringSlots;
  private final int maxRecordLength;
  private final long[] reported = new long[Outcome.values().length];
  private final PublisherSums refused = new PublisherSums();
  private long nextNs;
  private boolean started;

  DropReporter(Counters counters, String eventName, int ringSlots, int maxRecordLength) {
    this.counters = counters;
    this.eventName = eventName;
    this.ringSlots = ringSlots;
    this.maxRecordLength = maxRecordLength;
  }

  /**
   * Reports the records that were dropped since the last report, if it is time. Drops by publishers
   * are those of the last round of {@link PublisherWalk}.
   */
  void poll(long nowNs) {
    if (!started || nowNs - nextNs >= 0) {
      // This does not wait for a thread that reads the statistics; there is no hurry.
      if (counters.publishers().tryGetSums(refused)) {
        report(nowNs, refused);
      }
    }
  }

  /** Reports all drops that are not reported yet, at any time. */
  void report(long nowNs) {
    report(nowNs, counters.publishers().sums());
  }

  private void report(long nowNs, PublisherSums refused) {
    StringJoiner drops = new StringJoiner("; ");
    for (Outcome outcome : REPORTED) {
      long count = refused.records[outcome.ordinal()] + counters.consumed(outcome);
      long fresh = count - reported[outcome.ordinal()];
      if (fresh > 0) {
        reported[outcome.ordinal()] = count;
        drops.add(describe(outcome, fresh));
      }
    }
    if (drops.length() > 0) {
      started = true;
      nextNs = nowNs + INTERVAL_NS;
      SafeLog.log(Level.WARNING, "tracepoint " + eventName + ": records dropped: " + drops, null);
    }
  }

  /** Returns a text that says how many records were dropped for a reason, and what to do. */
  String describe(Outcome outcome, long count) {
    return switch (outcome) {
      case DROPPED_FULL ->
          count
              + " because the ring was full (ringSlots="
              + ringSlots
              + "): enlarge the ring, or set a back-pressure policy that waits or drops by priority";
      case DROPPED_TOO_LARGE ->
          count
              + " because they were too large (maxRecordLength="
              + maxRecordLength
              + "): shorten them or raise the limit";
      case DROPPED_ERROR ->
          count
              + " because the write failed, in all by errno: "
              + counters.errors()
              + ": docs/kernel-errors.md says what each means and what to do";
      case DROPPED_CLOSED ->
          count + " because the pipeline was closed: stop publishing before closing it";
      case DROPPED_ABORTED, DROPPED_DETACHED, WRITTEN ->
          throw new IllegalArgumentException(outcome.name());
    };
  }
}
