// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/**
 * A batch that was read back from the disk, as it was appended. The caller must not change its
 * bytes.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class SpooledBatch {

  private final byte[] bytes;
  private final int events;
  private final long createdMs;

  SpooledBatch(byte[] bytes, int events, long createdMs) {
    this.bytes = bytes;
    this.events = events;
    this.createdMs = createdMs;
  }

  /** Returns the bytes of the batch. The array is not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the number of events in the batch. */
  public int events() {
    return events;
  }

  /**
   * Returns the creation time of the batch in milliseconds since 1970, by the wall clock of that
   * time.
   */
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
