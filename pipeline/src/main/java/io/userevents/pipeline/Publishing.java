// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a record, admits it, and puts it into its slot. Any thread may call the methods.
 *
 * <p>An error may end a call between claiming and publishing, for example when the thread's stack
 * overflows. The call then notes by one store that it has left its slots; see {@link
 * Publisher#left}. It calls nothing, because another call could overflow again. The store is in
 * {@code finally}: for a {@code catch}, the JVM may have to load the class of the exception first,
 * and it skips the handler if that fails.
 */
final class Publishing {

  private final Tracepoint tracepoint;
  private final Admission admission;
  private final Refusals refusals;
  private final Publishers publishers;
  private final RecordRing ring;
  private final SlotEntries entries;

  /** The claims that are not open because the pipeline is not, by their result. */
  private final RecordClaim[] unopened;

  Publishing(
      Tracepoint tracepoint,
      Admission admission,
      Refusals refusals,
      Publishers publishers,
      RecordRing ring) {
    this.tracepoint = tracepoint;
    this.admission = admission;
    this.refusals = refusals;
    this.publishers = publishers;
    this.ring = ring;
    entries = ring.entries();
    unopened =
        Stream.of(PublishResult.values())
            .map(result -> new RecordClaim(ring, null, result))
            .toArray(RecordClaim[]::new);
  }

  /**
   * Does the same as the longest form of {@link RecordPublisher#publish}; there is a deadline only
   * if {@code waits} is true.
   */
  PublishResult publish(
      DirectBuffer buffer,
      int offset,
      int length,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag,
      boolean waits,
      long deadlineNs) {
    requireLength(length);
    buffer.boundsCheck(offset, length);
    // This comes before anything is counted, because the application may implement it.
    boolean attached = tracepoint.isEnabled();
    // These are loaded once; after a volatile load the JVM would load them again.
    Admission admission = this.admission;
    if (!admission.isOpen()) {
      return refusals.refuseUnopened(
          admission.unopenedRefusal(length), length, outcomeListener, tag);
    }
    Publisher publisher = publishers.current();
    if (publisher.mayHoldSlots()) {
      publisher.settleClaim(entries);
    }
    if (admission.isTooLong(length)) {
      return refusals.refuse(publisher, PublishResult.TOO_LARGE, length, outcomeListener, tag);
    }
    if (!attached) {
      return refuseDetached(publisher, length, outcomeListener, tag);
    }
    long sequence;
    boolean isDone = false;
    try {
      sequence = admission.claim(publisher, 1, length, priority, waits, deadlineNs);
      if (sequence >= 0) {
        ring.put(publisher, sequence, buffer, offset, length, outcomeListener, tag);
      }
      isDone = true;
    } finally {
      if (!isDone && publisher.claimed != RecordRing.NONE) {
        publisher.left = Publisher.LEFT;
      }
    }
    return sequence >= 0
        ? PublishResult.ACCEPTED
        : refusals.refuse(publisher, admission.resultOf(sequence), length, outcomeListener, tag);
  }

  /**
   * Does the same as {@link RecordPublisher#publish(DirectBuffer, int[], int[], int, int,
   * OutcomeListener, long)}.
   */
  PublishResult publish(
      DirectBuffer buffer,
      int[] offsets,
      int[] lengths,
      int count,
      int priority,
      @Nullable OutcomeListener outcomeListener,
      long tag) {
    int longest = longest(buffer, offsets, lengths, count);
    boolean attached = tracepoint.isEnabled();
    if (!admission.isOpen()) {
      return refusals.refuseAllUnopened(
          admission.unopenedRefusal(longest), lengths, count, outcomeListener, tag);
    }
    Publisher publisher = publishers.current();
    if (publisher.mayHoldSlots()) {
      publisher.settleClaim(entries);
    }
    PublishResult refusal = admission.refusal(attached, longest);
    if (refusal != null) {
      return refusals.refuseAll(publisher, refusal, lengths, count, outcomeListener, tag);
    }
    long last;
    boolean isDone = false;
    try {
      last = admission.claim(publisher, count, longest, priority, false, 0);
      for (int i = 0; last >= 0 && i < count; i++) {
        ring.put(
            publisher, last - count + 1 + i, buffer, offsets[i], lengths[i], outcomeListener, tag);
      }
      isDone = true;
    } finally {
      if (!isDone && publisher.claimed != RecordRing.NONE) {
        publisher.left = Publisher.LEFT;
      }
    }
    return last >= 0
        ? PublishResult.ACCEPTED
        : refusals.refuseAll(
            publisher, admission.resultOf(last), lengths, count, outcomeListener, tag);
  }

  private int longest(DirectBuffer buffer, int[] offsets, int[] lengths, int count) {
    if (count < 1 || count > ring.slots()) {
      throw new IllegalArgumentException(
          "count must be 1 to ringSlots: count=" + count + " ringSlots=" + ring.slots());
    }
    int longest = 0;
    for (int i = 0; i < count; i++) {
      requireLength(lengths[i]);
      buffer.boundsCheck(offsets[i], lengths[i]);
      longest = Math.max(longest, lengths[i]);
    }
    return longest;
  }

  /** Does the same as {@link RecordPublisher#tryClaim(int, int, OutcomeListener, long)}. */
  RecordClaim tryClaim(
      int length, int priority, @Nullable OutcomeListener outcomeListener, long tag) {
    requireLength(length);
    boolean attached = tracepoint.isEnabled();
    Admission admission = this.admission;
    if (!admission.isOpen()) {
      // The thread is not kept, so it has no claim to reuse.
      return unopened[
          refusals
              .refuseUnopened(admission.unopenedRefusal(length), length, outcomeListener, tag)
              .ordinal()];
    }
    Publisher publisher = publishers.current();
    if (publisher.mayHoldSlots()) {
      publisher.settleClaim(entries);
    }
    // This may allocate, so it comes before a slot is taken.
    RecordClaim claim = publisher.claim(ring);
    if (admission.isTooLong(length)) {
      return claim.refuse(
          refusals.refuse(publisher, PublishResult.TOO_LARGE, length, outcomeListener, tag));
    }
    if (!attached) {
      return claim.refuse(refuseDetached(publisher, length, outcomeListener, tag));
    }
    long sequence;
    boolean isDone = false;
    try {
      sequence = admission.claim(publisher, 1, length, priority, false, 0);
      if (sequence >= 0) {
        claim.open(sequence, length, outcomeListener, tag);
      }
      isDone = true;
    } finally {
      if (!isDone && publisher.claimed != RecordRing.NONE) {
        publisher.left = Publisher.LEFT;
      }
    }
    return sequence >= 0
        ? claim
        : claim.refuse(
            refusals.refuse(publisher, admission.resultOf(sequence), length, outcomeListener, tag));
  }

  /** Does the same as {@link RecordPublisher#countAborted}. */
  void countAborted(int length) {
    requireLength(length);
    boolean attached = tracepoint.isEnabled();
    if (admission.isOpen()) {
      publishers
          .current()
          .refused(attached ? Outcome.DROPPED_ABORTED : Outcome.DROPPED_DETACHED, length);
    } else {
      var unused = refusals.refuseUnopened(admission.unopenedRefusal(length), length, null, 0);
    }
  }

  /**
   * Refuses a record while no listener is attached. This is the whole cost of such a record, so it
   * makes as few loads as possible.
   */
  private PublishResult refuseDetached(
      Publisher publisher, int length, @Nullable OutcomeListener listener, long tag) {
    publisher.refusedDetached(length);
    if (listener != null) {
      refusals.tell(listener, tag, Outcome.DROPPED_DETACHED);
    }
    return PublishResult.DETACHED;
  }

  private static void requireLength(int length) {
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1: length=" + length);
    }
  }
}
