// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Computes the ages of batches with a wall clock that may be set while they wait. The monotonic
 * clock shows when the wall clock was set, and by how much. Batches that were appended before are
 * then treated as if they had been created by the new time. The monotonic clock stands still while
 * the machine sleeps, so batches do not grow older in that time.
 *
 * <p>After a restart, only the wall clock is available. A batch that an earlier process created in
 * the future counts as created when the spool was opened.
 */
final class Ages {

  /**
   * The largest difference between the clocks that does not count as a jump. Slewed clocks and
   * pauses of threads cause such differences.
   */
  static final long MIN_JUMP_MS = 10_000;

  private static final int MAX_JUMPS = 32;

  private record Jump(long sequence, long ms) {}

  private final Clocks clocks;
  private final long openedMs;
  private long firstSequence;
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

  /**
   * Checks whether the wall clock was set. {@code nextSequence} is the sequence of the next record.
   */
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

  /** Returns whether this process has appended the batch with this sequence. */
  boolean isOwn(long sequence) {
    return sequence >= firstSequence;
  }

  /** Counts the batch before the oldest one, whose sequence this is, as one of this process. */
  void prepended(long sequence) {
    firstSequence = Math.min(firstSequence, sequence);
  }

  /** Returns the age of a batch in ms at a time of the wall clock; never negative. */
  long ageMs(long sequence, long createdMs, long nowMs) {
    long created = isOwn(sequence) ? createdMs : Math.min(createdMs, openedMs);
    for (Jump jump : jumps) {
      if (sequence < jump.sequence) {
        created += jump.ms;
      }
    }
    return Math.max(0, nowMs - created);
  }
}
