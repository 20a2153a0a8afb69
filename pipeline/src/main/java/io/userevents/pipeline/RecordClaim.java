// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gives its thread a slot of the ring to write a record into, without a copy in between, or says
 * why there is none. Records behind an open claim wait until it is committed or aborted, so hold it
 * for as short as possible:
 *
 * <pre>{@code
 * try (RecordClaim claim = pipeline.tryClaim(length)) {
 *   if (claim.isOpen()) {
 *     encoder.encode(claim.buffer(), 0, length);
 *     claim.commit();
 *   }
 * }
 * }</pre>
 *
 * <p>Each thread has one such object for each pipeline, which is used again for its next claim: do
 * not keep it, nor hand it to another thread. The claim of a thread that has ended is aborted.
 */
public final class RecordClaim implements AutoCloseable {

  private final RecordRing ring;

  /** Null if it is never open. */
  private final @Nullable Publisher publisher;

  private final UnsafeBuffer buffer = new UnsafeBuffer(0L, 0);
  private PublishResult result;
  private long sequence = RecordRing.NONE;
  private boolean listened;

  /** Makes one that is not open. */
  RecordClaim(RecordRing ring, @Nullable Publisher publisher, PublishResult result) {
    this.ring = ring;
    this.publisher = publisher;
    this.result = result;
  }

  /** Opens it for a slot that its thread has claimed. */
  RecordClaim open(long claimed, int length, @Nullable OutcomeListener listener, long tag) {
    ring.note(claimed, listener, tag);
    listened = listener != null;
    ring.view(claimed, length, buffer);
    result = PublishResult.ACCEPTED;
    sequence = claimed;
    return this;
  }

  /** Says that there was no slot, and why. */
  RecordClaim refuse(PublishResult why) {
    result = why;
    return this;
  }

  /**
   * Whether there is a slot, and it is neither committed nor aborted. If there was none, the record
   * is counted as dropped already, and {@link #result} says why.
   */
  public boolean isOpen() {
    return sequence != RecordRing.NONE
        && publisher != null
        && publisher.claimed == sequence
        && publisher.left == Publisher.NOT_LEFT;
  }

  /** Whether there was a slot for the last claim of this thread, and if not, why. */
  public PublishResult result() {
    return result;
  }

  /**
   * Where to write the record: from 0 to the length that was claimed. It holds arbitrary bytes of
   * earlier records. Agrona checks the bounds, unless it is told not to
   * (agrona.disable.bounds.checks): then a write beyond the end, or after commit or abort, goes
   * into memory that is not the caller's.
   */
  public MutableDirectBuffer buffer() {
    return buffer;
  }

  /** The length that was claimed, in bytes; 0 if the claim is not open. */
  public int length() {
    return buffer.capacity();
  }

  /**
   * Publishes the record with the length that was claimed.
   *
   * @throws IllegalStateException if the claim is not open
   */
  public void commit() {
    requireOpen();
    publish(length());
  }

  /**
   * Publishes a record that turned out to be shorter.
   *
   * @param length in bytes, 1 to the length that was claimed
   * @throws IllegalArgumentException if it is not; the claim then stays open
   * @throws IllegalStateException if the claim is not open
   */
  public void commit(int length) {
    requireOpen();
    if (length < 1 || length > length()) {
      throw new IllegalArgumentException(
          "length must be 1 to the length that was claimed: length="
              + length
              + " claimed="
              + length());
    }
    publish(length);
  }

  /**
   * Gives the slot up; the record is counted as {@link Outcome#DROPPED_ABORTED}.
   *
   * @throws IllegalStateException if the claim is not open
   */
  public void abort() {
    requireOpen();
    publish(0);
  }

  /** Aborts the claim if it is still open. */
  @Override
  public void close() {
    Publisher owner = publisher;
    if (owner == null || sequence == RecordRing.NONE || owner.claimed != sequence) {
      return;
    }
    // Otherwise an error has ended a commit, and the consumer takes the slot over.
    if (owner.left == Publisher.NOT_LEFT) {
      publish(0);
    }
  }

  private void publish(int length) {
    Publisher owner = publisher;
    if (owner == null) {
      return;
    }
    boolean isDone = false;
    try {
      // Bounds checks now stop a late write into a slot that is somebody else's.
      buffer.wrap(0L, 0);
      ring.publish(owner, sequence, length, listened);
      isDone = true;
    } finally {
      // The stack may be at its end, so this calls nothing: the consumer takes over.
      if (!isDone && owner.claimed != RecordRing.NONE) {
        owner.left = Publisher.LEFT;
      }
    }
    sequence = RecordRing.NONE;
  }

  private void requireOpen() {
    if (!isOpen()) {
      throw new IllegalStateException(
          "the claim is not open: it was committed or aborted, or there was no slot: result="
              + result);
    }
  }
}
