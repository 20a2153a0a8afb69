// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A claim on a slot of the ring, into which its thread writes a record without a copy. If there is
 * no slot, the claim says why. Records behind an open claim wait until it is committed or aborted,
 * so hold a claim for as short a time as possible:
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
 * <p>Each thread has one such object for each pipeline, and its next claim reuses the object. Do
 * not keep it, and do not pass it to another thread. The claim of an ended thread is aborted.
 *
 * @since 0.1.0
 */
public final class RecordClaim implements AutoCloseable {

  private final RecordRing ring;

  /** The publisher of the thread; null if the claim is never open. */
  private final @Nullable Publisher publisher;

  private final UnsafeBuffer buffer = new UnsafeBuffer(0L, 0);
  private PublishResult result;
  private long sequence = RecordRing.NONE;
  private boolean listened;

  /** Creates a claim that is not open. */
  RecordClaim(RecordRing ring, @Nullable Publisher publisher, PublishResult result) {
    this.ring = ring;
    this.publisher = publisher;
    this.result = result;
  }

  /** Opens the claim for a slot that its thread has claimed. */
  RecordClaim open(long claimed, int length, @Nullable OutcomeListener listener, long tag) {
    ring.note(claimed, listener, tag);
    listened = listener != null;
    ring.view(claimed, length, buffer);
    result = PublishResult.ACCEPTED;
    sequence = claimed;
    return this;
  }

  /** Notes that there was no slot, and why. */
  RecordClaim refuse(PublishResult why) {
    result = why;
    return this;
  }

  /**
   * Returns whether the claim has a slot, and is neither committed nor aborted. If there was no
   * slot, the record is already counted as dropped, and {@link #result} says why.
   *
   * @return whether the claim is open
   */
  public boolean isOpen() {
    return sequence != RecordRing.NONE
        && publisher != null
        && publisher.claimed == sequence
        && publisher.left == Publisher.NOT_LEFT;
  }

  /** {@return whether there was a slot for the last claim of this thread, and if not, why} */
  public PublishResult result() {
    return result;
  }

  /**
   * Returns the buffer for the record. Write the record from 0 on, up to the length that was
   * claimed. The buffer has arbitrary bytes of earlier records. Agrona checks the bounds, unless
   * {@code agrona.disable.bounds.checks} is set; in that case a write beyond the end, or after
   * commit or abort, goes into memory that does not belong to the caller.
   *
   * @return the buffer, valid until commit or abort
   */
  public MutableDirectBuffer buffer() {
    return buffer;
  }

  /** {@return the length that was claimed, in bytes; 0 if the claim is not open} */
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
   * Publishes a record that is shorter than the length that was claimed.
   *
   * @param length length of the record in bytes, 1 to the length that was claimed
   * @throws IllegalArgumentException if the length is not in that range; the claim then stays open
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
   * Gives the slot up. The record is counted as {@link Outcome#DROPPED_ABORTED}.
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
    // If the slots were left, an error has ended a commit, and the consumer takes the slot over.
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
      // Bounds checks now stop a late write into a slot of another thread.
      buffer.wrap(0L, 0);
      ring.publish(owner, sequence, length, listened);
      isDone = true;
    } finally {
      // The stack may be full, so this calls nothing, and the consumer takes over.
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
