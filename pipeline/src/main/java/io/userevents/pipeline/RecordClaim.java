// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.atomic.AtomicLong;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A slot of the ring that a thread writes its record into, without a copy in between. Records
 * behind it wait until it is committed or aborted, so it is to be held for as short as possible:
 *
 * <pre>{@code
 * try (RecordClaim claim = pipeline.tryClaim(length)) {
 *   if (claim != null) {
 *     encoder.encode(claim.buffer(), 0, length);
 *     claim.commit();
 *   }
 * }
 * }</pre>
 *
 * <p>Each thread has one such object for each pipeline, which is used again for its next claim: it
 * is not to be kept, nor handed to another thread. A claim that is left open, by an exception for
 * example, is aborted when the same thread publishes or claims again, or has ended.
 */
public final class RecordClaim implements AutoCloseable {

  private static final long CLOSED = RecordRing.NONE;

  private final RecordRing ring;
  private final UnsafeBuffer buffer = new UnsafeBuffer(0L, 0);

  /** Of the open claim. Written by the owner; the consumer looks who holds it up. */
  private final AtomicLong sequence = new AtomicLong(CLOSED);

  private boolean listened;

  RecordClaim(RecordRing ring) {
    this.ring = ring;
  }

  void open(long claimed, int length, @Nullable OutcomeListener listener, long tag) {
    ring.note(claimed, listener, tag);
    listened = listener != null;
    ring.view(claimed, length, buffer);
    // After what the consumer would read, should it have to settle an abandoned claim.
    sequence.setRelease(claimed);
  }

  /**
   * Where the record is to be written: from 0 to the length that was claimed. It holds arbitrary
   * bytes of earlier records. Agrona checks the bounds, unless it is told not to
   * (agrona.disable.bounds.checks): then a write beyond the end, or after commit or abort, goes
   * into memory that is not the caller's.
   */
  public MutableDirectBuffer buffer() {
    return buffer;
  }

  /** The length that was claimed, in bytes; 0 after commit or abort. */
  public int length() {
    return buffer.capacity();
  }

  /**
   * Publishes the record with the length that was claimed.
   *
   * @throws IllegalStateException if it was committed or aborted already
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
   * @throws IllegalStateException if it was committed or aborted already
   */
  public void commit(int length) {
    requireOpen();
    if (length < 1 || length > length()) {
      throw new IllegalArgumentException(
          "length must be 1 to what was claimed: length=" + length + " claimed=" + length());
    }
    publish(length);
  }

  /**
   * Gives the slot up; the record is counted as {@link Outcome#DROPPED_ABORTED}.
   *
   * @throws IllegalStateException if it was committed or aborted already
   */
  public void abort() {
    requireOpen();
    publish(0);
  }

  /** Aborts the claim if it is still open. */
  @Override
  public void close() {
    if (isOpen()) {
      publish(0);
    }
  }

  /** Any thread: whether this is the slot that it is open for. */
  boolean isOpenFor(long claimed) {
    return sequence.getAcquire() == claimed;
  }

  boolean isOpen() {
    return sequence.getPlain() != CLOSED;
  }

  private void publish(int length) {
    long claimed = sequence.getPlain();
    // Bounds checks now stop a late write into a slot that is somebody else's.
    buffer.wrap(0L, 0);
    sequence.setRelease(CLOSED);
    ring.publish(claimed, length, listened);
  }

  private void requireOpen() {
    if (!isOpen()) {
      throw new IllegalStateException(
          "no open claim: it was committed or aborted, or its thread has published since");
    }
  }
}
