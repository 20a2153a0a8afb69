// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;

/**
 * Describes to a {@link BackPressurePolicy} a record that found no slot, and the ring. Each
 * publishing thread has one such object, which is valid during the call that it is given to.
 */
public final class BackPressure {

  private final RecordRing ring;
  private final Tracepoint tracepoint;
  private long attempts;
  private long waitedNs;
  private int recordLength;
  private int priority;

  BackPressure(RecordRing ring, Tracepoint tracepoint) {
    this.ring = ring;
    this.tracepoint = tracepoint;
  }

  BackPressure set(long attempts, long waitedNs, int recordLength, int priority) {
    this.attempts = attempts;
    this.waitedNs = waitedNs;
    this.recordLength = recordLength;
    this.priority = priority;
    return this;
  }

  /** How often a slot was asked for in vain for this record, 1 at the first call. */
  public long attempts() {
    return attempts;
  }

  /** Nanoseconds since the first of these attempts, 0 at the first call. */
  public long waitedNs() {
    return waitedNs;
  }

  /** Length of the record in bytes. */
  public int recordLength() {
    return recordLength;
  }

  /** What the caller gave with the record; 0 if it gave none. */
  public int priority() {
    return priority;
  }

  /** Number of the ring's slots. */
  public int ringSlots() {
    return ring.slots();
  }

  /**
   * Slots that are free at this moment: 0 to {@link #ringSlots()}. More than 0 if one has just
   * become free, or if the policy {@linkplain BackPressurePolicy#reservedSlots reserves} them.
   */
  public int freeSlots() {
    return ring.freeSlots();
  }

  /** Whether a listener is attached at this moment. */
  public boolean isAttached() {
    return tracepoint.isEnabled();
  }

  @Override
  public String toString() {
    return "BackPressure{attempts="
        + attempts
        + ", waitedNs="
        + waitedNs
        + ", recordLength="
        + recordLength
        + ", priority="
        + priority
        + ", ringSlots="
        + ringSlots()
        + ", freeSlots="
        + freeSlots()
        + ", attached="
        + isAttached()
        + "}";
  }
}
