// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;

/**
 * Describes to a {@link BackPressurePolicy} a record that found no slot, and the ring. Each
 * publishing thread has one such object. It is valid only during the call that receives it, and
 * only on that thread.
 *
 * @since 0.1.0
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

  /** {@return how often no slot was found for this record; 1 at the first call} */
  public long attempts() {
    return attempts;
  }

  /** {@return the time since the first of these attempts in nanoseconds; 0 at the first call} */
  public long waitedNs() {
    return waitedNs;
  }

  /** {@return the length of the record in bytes} */
  public int recordLength() {
    return recordLength;
  }

  /** {@return the priority that the caller passed with the record; 0 if it passed none} */
  public int priority() {
    return priority;
  }

  /** {@return the number of the ring's slots} */
  public int ringSlots() {
    return ring.slots();
  }

  /**
   * Returns how many slots are free at this moment. The number is more than 0 if a slot has just
   * become free, or if the policy {@linkplain BackPressurePolicy#reservedSlots reserves} slots.
   *
   * @return the number of free slots, 0 to {@link #ringSlots()}
   */
  public int freeSlots() {
    return ring.freeSlots();
  }

  /** {@return whether a listener is attached at this moment} */
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
