// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher that takes records from any number of threads. {@link RecordPipeline} is the only
 * implementation. Code that only publishes needs only this interface, and its tests may implement
 * it.
 *
 * <p>Any thread may call all methods. {@link #publish} and {@link #tryClaim} take no lock, make no
 * system call and allocate nothing after the first call of a thread. They block in only two cases:
 * the {@link BackPressurePolicy} blocks, or the form of {@code publish} with a deadline waits for a
 * slot. With {@link ConsumerWaitStrategy#BLOCKING} they wake the consumer, which is a system call.
 * Records of one thread are written in the order in which it published them.
 *
 * @since 0.1.0
 */
public interface RecordPublisher {

  /**
   * Returns whether a listener is attached. The call is two loads from memory. Call it before you
   * encode a record, because without a listener no one receives the record.
   *
   * @return whether a listener is attached
   */
  boolean isAttached();

  /** {@return the number of the ring's slots} */
  int ringSlots();

  /** {@return the length of the longest record that is taken, in bytes} */
  int maxRecordLength();

  /**
   * Publishes a record with priority 0 and without a listener; see {@link #publish(DirectBuffer,
   * int, int, int, OutcomeListener, long)}.
   *
   * @param buffer buffer that holds the record
   * @param offset offset of the first byte
   * @param length length in bytes, 1 to {@link #maxRecordLength()}
   * @return whether the record is in the ring, and if not, why
   */
  default PublishResult publish(DirectBuffer buffer, int offset, int length) {
    return publish(buffer, offset, length, 0, null, 0);
  }

  /**
   * Publishes a record without a listener; see {@link #publish(DirectBuffer, int, int, int,
   * OutcomeListener, long)}.
   *
   * @param buffer buffer that holds the record
   * @param offset offset of the first byte
   * @param length length in bytes, 1 to {@link #maxRecordLength()}
   * @param priority a number whose meaning the policy defines
   * @return whether the record is in the ring, and if not, why
   */
  default PublishResult publish(DirectBuffer buffer, int offset, int length, int priority) {
    return publish(buffer, offset, length, priority, null, 0);
  }

  /**
   * Publishes a record with priority 0; see {@link #publish(DirectBuffer, int, int, int,
   * OutcomeListener, long)}.
   *
   * @param buffer buffer that holds the record
   * @param offset offset of the first byte
   * @param length length in bytes, 1 to {@link #maxRecordLength()}
   * @param outcomeListener listener that receives the outcome of the record, or null
   * @param tag any number, which the listener receives with the outcome
   * @return whether the record is in the ring, and if not, why
   */
  default PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    return publish(buffer, offset, length, 0, outcomeListener, tag);
  }

  /**
   * Publishes a record. The method copies the record into the ring if a listener is attached and
   * there is room, or if the {@link BackPressurePolicy} waits until there is room.
   *
   * <p>If an {@link Error} ends the call, for example a {@link StackOverflowError} or an {@link
   * OutOfMemoryError}, then either the record was not offered or it is counted. Its listener may
   * not be called in this case.
   *
   * @param buffer buffer that holds the record, on or off the heap; you may reuse it at once
   * @param offset offset of the first byte
   * @param length length in bytes, 1 to {@link #maxRecordLength()}
   * @param priority a number whose meaning the policy defines
   * @param outcomeListener listener that receives the outcome of the record, or null
   * @param tag any number, which the listener receives with the outcome
   * @return whether the record is in the ring, and if not, why; a refused record is already counted
   *     as dropped
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
   * Publishes a record, and waits for a slot until a deadline if the ring is full. Only after the
   * deadline does it call the {@link BackPressurePolicy}, as if the record had just been offered.
   * Otherwise it does the same as the form without a deadline. It is for threads that may block.
   *
   * <p>Waiting wakes a consumer that sleeps. The thread spins, then yields, then parks for up to 1
   * ms at a time; it allocates nothing on a platform thread. The wait ends early, after at most one
   * such park, when the pipeline is closed or the listener detaches. An interrupted thread does not
   * wait, or stops waiting; it stays interrupted, and the policy is called. On the consumer's own
   * thread (an {@link OutcomeListener} that publishes) the method does not wait, because the
   * consumer would wait for itself.
   *
   * @param buffer buffer that holds the record, on or off the heap; you may reuse it at once
   * @param offset offset of the first byte
   * @param length length in bytes, 1 to {@link #maxRecordLength()}
   * @param priority a number whose meaning the policy defines; the method also waits for slots that
   *     the policy reserves
   * @param outcomeListener listener that receives the outcome of the record, or null
   * @param tag any number, which the listener receives with the outcome
   * @param deadlineNs deadline by {@link System#nanoTime}; with a deadline in the past, the method
   *     does not wait
   * @return whether the record is in the ring, and if not, why; a refused record is already counted
   *     as dropped
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
   * Publishes several records at once. By one claim it takes slots for all of them or for none.
   * Otherwise it does the same as {@link #publish(DirectBuffer, int, int, int, OutcomeListener,
   * long)}.
   *
   * @param buffer buffer that holds the records
   * @param offsets offsets of the records' first bytes
   * @param lengths lengths in bytes, each 1 to {@link #maxRecordLength()}
   * @param count number of records, 1 to {@link #ringSlots()}; later entries of the arrays are
   *     ignored
   * @param priority a number whose meaning the policy defines
   * @param outcomeListener listener that receives the outcome of each record, or null
   * @param tag any number, which the listener receives with the outcome of each record
   * @return whether all records are in the ring, and if not, why; refused records are all counted
   *     as dropped. The result is {@link PublishResult#TOO_LARGE} if one record is too long
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

  /**
   * Claims a slot with priority 0 and without a listener; see {@link #tryClaim(int, int,
   * OutcomeListener, long)}.
   *
   * @param length length in bytes, 1 to {@link #maxRecordLength()}
   * @return the calling thread's claim
   */
  default RecordClaim tryClaim(int length) {
    return tryClaim(length, 0, null, 0);
  }

  /**
   * Claims a slot, into which the caller writes its record. The method refuses, waits and counts in
   * the same way as {@link #publish(DirectBuffer, int, int, int, OutcomeListener, long)}.
   *
   * @param length length in bytes, 1 to {@link #maxRecordLength()}; the record may be shorter in
   *     the end
   * @param priority a number whose meaning the policy defines
   * @param outcomeListener listener that receives the outcome of the record, or null
   * @param tag any number, which the listener receives with the outcome
   * @return the calling thread's claim. If it is open, commit or abort it soon. If it is not, its
   *     {@link RecordClaim#result} says why, and the record is already counted as dropped
   * @throws IllegalArgumentException if the length is below 1
   * @throws IllegalStateException if this thread holds an open claim
   */
  RecordClaim tryClaim(
      int length, int priority, @Nullable OutcomeListener outcomeListener, long tag);

  /**
   * Ends a sleep of the consumer, so that the records that are already published are written soon.
   * It is for a publisher that has published its last record for now and wants it to leave at once,
   * not after the sleep that {@link ConsumerWaitStrategy} describes.
   *
   * <p>If you call this method, call it after each burst, on the thread that published. If no other
   * thread has published since the last such call, the consumer of {@link
   * ConsumerWaitStrategy#SLEEPING} sleeps as soon as the ring is empty: for 100 ms the first time,
   * then for twice as long after each such call with no other records in between, up to 1.6 s. The
   * sleep lasts 20 ms if there is a {@link TracepointStateListener}, or if {@link
   * RecordPipeline#recordingNumber} was called. A record that comes during the sleep without such a
   * call waits until the sleep ends, or until a quarter of the ring is full; later sleeps then last
   * 2 ms at most again.
   *
   * <p>The method never waits. While the consumer is awake, it costs a memory fence and some loads,
   * one of which reads the publishers' shared cache line. If the consumer sleeps, it costs a system
   * call of some microseconds. It has no effect on a consumer that spins, that the application
   * drives, or that is closed.
   */
  void wakeUp();

  /**
   * Counts a record that its publisher gives up before it has claimed a slot, for example because
   * its value is not valid. While a listener is attached, the record counts as {@link
   * Outcome#DROPPED_ABORTED}; otherwise it counts as for {@link #publish(DirectBuffer, int, int)}.
   * The method takes no slot, so it neither waits nor calls the {@link BackPressurePolicy}. A claim
   * that this thread holds open stays open.
   *
   * @param length length in bytes that the record would have had, at least 1
   * @throws IllegalArgumentException if the length is below 1
   */
  void countAborted(int length);
}
