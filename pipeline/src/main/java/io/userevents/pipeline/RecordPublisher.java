// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes records from any number of threads. {@link RecordPipeline} is the one implementation; code
 * that only publishes needs no more than this, and its tests may use one of theirs.
 *
 * <p>All methods may be called by any thread. {@link #publish} and {@link #tryClaim} take no lock,
 * make no system call and allocate nothing (but once for each thread). They block only in two
 * cases: the {@link BackPressurePolicy} that was chosen does, or the form of {@code publish} with a
 * deadline waits for a slot. With {@link ConsumerWaitStrategy#BLOCKING} they wake the consumer.
 * Records of one thread are written in the order in which it published them.
 */
public interface RecordPublisher {

  /**
   * Whether a listener is attached. Two loads from memory: to be asked before a record is encoded,
   * since without a listener nobody would get it.
   */
  boolean isAttached();

  /** Slots that the ring has. */
  int ringSlots();

  /** Length in bytes of the longest record that is taken. */
  int maxRecordLength();

  /** Publishes with priority 0 and without a listener; see the longest form. */
  default PublishResult publish(DirectBuffer buffer, int offset, int length) {
    return publish(buffer, offset, length, 0, null, 0);
  }

  /** Publishes without a listener; see the longest form. */
  default PublishResult publish(DirectBuffer buffer, int offset, int length, int priority) {
    return publish(buffer, offset, length, priority, null, 0);
  }

  /** Publishes with priority 0; see the longest form. */
  default PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    return publish(buffer, offset, length, 0, outcomeListener, tag);
  }

  /**
   * Copies a record into the ring, if a listener is attached and there is room, or the {@link
   * BackPressurePolicy} waits until there is.
   *
   * <p>If an {@link Error} ends the call, for example a {@link StackOverflowError} or an {@link
   * OutOfMemoryError}, the record was not offered, or it is counted; its listener may not be told.
   *
   * @param buffer holds the record, on or off the heap; may be reused at once
   * @param offset of its first byte
   * @param length in bytes, 1 to {@link #maxRecordLength()}
   * @param priority for the policy, which says what it means
   * @param outcomeListener is told what becomes of the record; may be null
   * @param tag any number, handed to the listener with the outcome
   * @return whether the record is in the ring; if not, why, and it is counted as dropped already
   * @throws IllegalArgumentException if the length is below 1
   * @throws IndexOutOfBoundsException if the record is not within the buffer
   * @throws IllegalStateException if this thread holds an open {@link RecordClaim}
   */
  PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag);

  /**
   * Publishes like the form without a deadline, but when the ring is full waits for a slot until
   * then, and only after that asks the {@link BackPressurePolicy}, as if the record had just been
   * offered. For threads that may block.
   *
   * <p>Waiting wakes a consumer that sleeps. It spins, then yields, then parks for up to 1 ms at a
   * time; it allocates nothing on a platform thread. It ends early, within such a park, when the
   * pipeline is closed or the listener detaches. A thread that is interrupted does not wait, or
   * stops; it stays interrupted, and the policy is asked. On the consumer's own thread (an {@link
   * OutcomeListener} that publishes) it does not wait: the consumer would wait for itself.
   *
   * @param priority for the policy; the slots that it reserves are waited for as well
   * @param deadlineNs a time of {@link System#nanoTime}; in the past, it does not wait
   */
  PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag,
      long deadlineNs);

  /**
   * Publishes several records at once: takes slots for all of them or for none, by one claim. Like
   * {@link #publish(DirectBuffer, int, int, int, OutcomeListener, long)} otherwise.
   *
   * @param buffer holds the records
   * @param offsets of the records' first bytes
   * @param lengths in bytes, each 1 to {@link #maxRecordLength()}
   * @param count of the records, 1 to {@link #ringSlots()}; entries of the arrays behind are
   *     ignored
   * @param tag handed to the listener with the outcome of each record
   * @return whether all records are in the ring; if not, why, and all are counted as dropped;
   *     {@link PublishResult#TOO_LARGE} if one of them is
   * @throws IllegalArgumentException if the count or a length is out of range
   * @throws IndexOutOfBoundsException if a record is not within the buffer, or the arrays are
   *     shorter than the count
   * @throws IllegalStateException if this thread holds an open {@link RecordClaim}
   */
  PublishResult publish(
      DirectBuffer buffer,
      int[] offsets,
      int[] lengths,
      int count,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag);

  /** Claims with priority 0 and without a listener; see the longest form. */
  default RecordClaim tryClaim(int length) {
    return tryClaim(length, 0, null, 0);
  }

  /**
   * Claims a slot, for the caller to write its record into. Refuses, waits and counts like {@link
   * #publish(DirectBuffer, int, int, int, OutcomeListener, long)}.
   *
   * @param length in bytes, 1 to {@link #maxRecordLength()}; the record may turn out shorter
   * @param priority for the policy, which says what it means
   * @param outcomeListener is told what becomes of the record; may be null
   * @param tag any number, handed to the listener with the outcome
   * @return the calling thread's claim: open, to be committed or aborted soon, or with a {@link
   *     RecordClaim#result} that says why it is not; then the record is counted as dropped already
   * @throws IllegalArgumentException if the length is below 1
   * @throws IllegalStateException if this thread holds an open claim
   */
  RecordClaim tryClaim(
      int length, int priority, @Nullable OutcomeListener outcomeListener, long tag);

  /**
   * Ends a sleep of the consumer, so that records that are published already are written soon. For
   * a publisher that has published its last record for now and wants it to leave at once, in place
   * of after the sleep that {@link ConsumerWaitStrategy} describes.
   *
   * <p>A publisher that does so does it after each burst, on the thread that published. If no other
   * thread has published since the last such call, the consumer then sleeps with {@link
   * ConsumerWaitStrategy#SLEEPING} as soon as the ring is empty, for up to 100 ms; for up to 20 ms
   * if there is a {@link TracepointStateListener} or somebody has called {@link
   * RecordPipeline#recordingNumber}. A record that comes during that sleep without such a call
   * waits until its end, or until a quarter of the ring is full; the sleeps after it are of 2 ms at
   * most again.
   *
   * <p>Never waits. Costs a memory fence and some loads, one of which is of the publishers' shared
   * cache line, while the consumer is awake, and a system call of some microseconds if it sleeps.
   * Without effect on a consumer that spins, that the application drives, or that is closed.
   */
  void wakeUp();

  /**
   * Counts a record that its publisher gives up before it has claimed a slot, for example since its
   * value is not valid: as {@link Outcome#DROPPED_ABORTED} while a listener is attached, otherwise
   * as {@link #publish(DirectBuffer, int, int)} would. Takes no slot, so it neither waits nor asks
   * the {@link BackPressurePolicy}. A claim that this thread holds open stays open.
   *
   * @param length in bytes that the record would have had, at least 1
   * @throws IllegalArgumentException if the length is below 1
   */
  void countAborted(int length);
}
