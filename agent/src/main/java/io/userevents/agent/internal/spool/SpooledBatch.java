// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/** A batch as it was appended, read back from the disk. Its bytes must not be changed. */
public final class SpooledBatch {

  private final byte[] bytes;
  private final int events;
  private final long createdMs;

  SpooledBatch(byte[] bytes, int events, long createdMs) {
    this.bytes = bytes;
    this.events = events;
    this.createdMs = createdMs;
  }

  /** The bytes of the batch: the array, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Events in the batch. */
  public int events() {
    return events;
  }

  /** When the batch was created: milliseconds since 1970 of the wall clock of that time. */
  public long createdMs() {
    return createdMs;
  }

  @Override
  public String toString() {
    return "SpooledBatch{bytes="
        + bytes.length
        + ", events="
        + events
        + ", createdMs="
        + createdMs
        + '}';
  }
}
