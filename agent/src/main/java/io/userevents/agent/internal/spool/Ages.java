// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * The ages of batches by a wall clock that may be set while they wait. The monotonic clock shows
 * when it was set, and by how much; batches that were appended before are read as if created by the
 * new time. It stands still while the machine sleeps, so batches do not grow older then.
 *
 * <p>After a restart the wall clock is all there is. A batch that an earlier process created in the
 * future counts as created when the spool was opened.
 */
final class Ages {

  /** Differences between the clocks that are no jump: clocks that are slewed, pauses of threads. */
  static final long MIN_JUMP_MS = 10_000;

  private static final int MAX_JUMPS = 32;

  private record Jump(long sequence, long ms) {}

  private final Clocks clocks;
  private final long openedMs;
  private final long firstSequence;
  private final Deque<Jump> jumps = new ArrayDeque<>();
  private long lastWallMs;
  private long lastMonotonicNs;

  /**
   * @param firstSequence the sequence of the first record that this process appends
   */
  Ages(Clocks clocks, long firstSequence) {
    this.clocks = clocks;
    this.firstSequence = firstSequence;
    openedMs = clocks.wallMs();
    lastWallMs = openedMs;
    lastMonotonicNs = clocks.monotonicNs();
  }

  /** Looks whether the clock was set; {@code nextSequence} is of the record appended next. */
  void observe(long oldestSequence, long nextSequence) {
    long wallMs = clocks.wallMs();
    long monotonicNs = clocks.monotonicNs();
    long elapsedMs = TimeUnit.NANOSECONDS.toMillis(monotonicNs - lastMonotonicNs);
    long jumpMs = wallMs - lastWallMs - elapsedMs;
    lastWallMs = wallMs;
    lastMonotonicNs = monotonicNs;
    while (!jumps.isEmpty() && jumps.getFirst().sequence <= oldestSequence) {
      jumps.removeFirst();
    }
    if (Math.abs(jumpMs) >= MIN_JUMP_MS && oldestSequence < nextSequence) {
      if (jumps.size() == MAX_JUMPS) {
        jumpMs += jumps.removeLast().ms;
      }
      jumps.addLast(new Jump(nextSequence, jumpMs));
    }
  }

  /** Returns the age of a batch in ms at a time of the wall clock; never negative. */
  long ageMs(long sequence, long createdMs, long nowMs) {
    long created = sequence < firstSequence ? Math.min(createdMs, openedMs) : createdMs;
    for (Jump jump : jumps) {
      if (sequence < jump.sequence) {
        created += jump.ms;
      }
    }
    return Math.max(0, nowMs - created);
  }
}
