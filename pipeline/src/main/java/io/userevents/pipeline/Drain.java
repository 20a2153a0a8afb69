// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the published records out of the ring in one pass: gathers records that wait together into
 * an event, has it written, gives each record its outcome, and frees the slots. For the consumer's
 * thread.
 *
 * <p>The bytes of two {@code ExportMetricsServiceRequest}s, one after the other, are one valid
 * request (protobuf: embedded repeated fields concatenate), so records that wait together share one
 * event and one system call.
 *
 * <p>Slots are in one of four stretches of the ring's order:
 *
 * <pre>
 *   freed to publishers | settled, while sealed | gathered in the event | published, or to come
 *                                             settled                 taken
 * </pre>
 */
final class Drain {

  /** Enough for events of 4,048 bytes with records of 16 and more. */
  private static final int MAX_RECORDS_PER_EVENT = 256;

  /** From this size on, a pass is worth the look at the cursor, which publishers contend for. */
  private static final int LARGE_PASS = 32;

  private final RecordRing ring;
  private final SlotEntries entries;
  private final DirectBuffer memory;
  private final EventSender sender;
  private final Pacer pacer;
  private final Counters counters;
  private final OutcomeListeners listeners;
  private final ConsumerErrors errors;
  private final EventVector event;
  private final int maxEventLength;
  private final boolean gathers;

  /** The last slot that was taken, and the last one that has its outcome. */
  private long taken = -1;

  private long settled = -1;

  // Of the slots between the two.
  private int records;
  private int aborted;
  private long bytes;
  private boolean listened;

  private boolean isSealed;
  private long pauseNs;

  Drain(
      RecordRing ring,
      EventSender sender,
      Pacer pacer,
      Counters counters,
      OutcomeListeners listeners,
      ConsumerErrors errors,
      EventSettings settings) {
    this.ring = ring;
    this.sender = sender;
    this.pacer = pacer;
    this.counters = counters;
    this.listeners = listeners;
    this.errors = errors;
    entries = ring.entries();
    memory = ring.memory();
    gathers = settings.gatherRecords();
    maxEventLength = settings.maxEventLength();
    event =
        new EventVector(
            gathers ? MAX_RECORDS_PER_EVENT : 1,
            Math.max(settings.maxRecordLength(), maxEventLength));
  }

  /**
   * Takes and writes records that are published, until there are no more, an event is held back, or
   * the limit is reached. Never throws: a failure drops the records that it met.
   *
   * @return how many slots were taken
   */
  int poll(int limit) {
    long first = taken + 1;
    try {
      pass(first, limit);
    } catch (Throwable e) {
      abandon();
      errors.onError(e);
    }
    int count = (int) (taken + 1 - first);
    // Sealed slots hold no records.
    if (count > 0 && !isSealed) {
      // Slots that this pass has freed may be claimed again by now.
      counters.waiting(
          count < Math.min(LARGE_PASS, limit)
              ? count
              : Math.min(ring.slots(), ring.lastClaimed() + 1 - first));
    }
    return count;
  }

  private void pass(long first, int limit) {
    pauseNs = 0;
    // One that was held back in the last pass goes first.
    if (event.records() > 0 && !flush()) {
      return;
    }
    long sequence = first;
    for (long end = first + limit; sequence < end; sequence++) {
      int entry = entries.get(sequence);
      if (!entries.isPublished(entry, sequence)) {
        break;
      }
      int length = SlotEntries.length(entry);
      if (length == 0) {
        takeEmpty(sequence, entry);
      } else if (!take(sequence, entry, length)) {
        return;
      }
    }
    flush();
  }

  /** An aborted claim is settled with the records around it. */
  private void takeEmpty(long sequence, int entry) {
    taken = sequence;
    if (!SlotEntries.isSealed(entry)) {
      aborted++;
      listened |= SlotEntries.isListened(entry);
    }
  }

  /** Returns false if the record stays, as the event before it is held back. */
  private boolean take(long sequence, int entry, int length) {
    if (event.records() > 0 && !(length <= maxEventLength - event.length() && event.fits(length))) {
      if (!flush()) {
        return false;
      }
    }
    boolean begins = event.records() == 0;
    // Asked once for each event, when it begins.
    boolean dropped = begins && !sender.isEnabled();
    if (!dropped) {
      event.add(memory, ring.offset(sequence), length);
    }
    taken = sequence;
    records++;
    bytes += length;
    listened |= SlotEntries.isListened(entry);
    if (dropped) {
      settle(Outcome.DROPPED_DETACHED, 0);
      return true;
    }
    return gathers || flush();
  }

  /**
   * Writes the event and settles its records, and the aborted claims around them.
   *
   * @return false if it is held back
   */
  private boolean flush() {
    if (event.records() == 0) {
      settle(Outcome.DROPPED_ABORTED, 0);
      return true;
    }
    pauseNs = pacer.request(event.length(), sender.isEnabled());
    if (pauseNs > 0) {
      return false;
    }
    int errno = sender.send(event);
    event.clear();
    Outcome outcome =
        errno == 0
            ? Outcome.WRITTEN
            : TracepointErrors.ofWrite(errno) == Reaction.DETACHED
                ? Outcome.DROPPED_DETACHED
                : Outcome.DROPPED_ERROR;
    settle(outcome, outcome == Outcome.DROPPED_ERROR ? errno : 0);
    return true;
  }

  /** Drops the records that are taken and have no outcome. */
  private void abandon() {
    event.clear();
    settle(Outcome.DROPPED_ERROR, Errno.EIO.number());
  }

  /**
   * Gives the taken records this outcome, and aborted claims theirs, and frees their slots.
   * Counting comes first, as it cannot fail.
   */
  private void settle(Outcome outcome, int errno) {
    long first = settled + 1;
    long last = taken;
    if (first > last) {
      return;
    }
    boolean tells = listened;
    settled = last;
    counters.consumed(outcome, records, bytes, errno);
    counters.consumed(Outcome.DROPPED_ABORTED, aborted, 0, 0);
    records = 0;
    aborted = 0;
    bytes = 0;
    listened = false;
    try {
      if (tells) {
        tell(first, last, outcome, errno);
      }
    } finally {
      // Otherwise a ring that is full now would stay so: nothing more comes to be settled.
      if (!isSealed) {
        ring.free(last);
      }
    }
  }

  private void tell(long first, long last, Outcome outcome, int errno) {
    for (long sequence = first; sequence <= last; sequence++) {
      int entry = entries.get(sequence);
      if (!SlotEntries.isListened(entry)) {
        continue;
      }
      Slot slot = ring.slot(sequence);
      @Nullable OutcomeListener listener = slot.listener;
      // The slot outlives the record: what it refers to must not.
      slot.listener = null;
      if (listener != null) {
        boolean isAborted = SlotEntries.length(entry) == 0;
        listeners.call(
            listener,
            slot.tag,
            isAborted ? Outcome.DROPPED_ABORTED : outcome,
            isAborted ? 0 : errno);
      }
    }
  }

  /** Gives up the next slot, whose claim was never published. */
  void giveUp(@Nullable OutcomeListener listener, long tag) {
    event.clear();
    taken++;
    settled = taken;
    counters.consumed(Outcome.DROPPED_CLOSED, 1, 0, 0);
    if (listener != null) {
      listeners.call(listener, tag, Outcome.DROPPED_CLOSED, 0);
    }
  }

  /** From now on no slot is freed. */
  void seal() {
    isSealed = true;
  }

  /** The last slot whose record has its outcome. */
  long settled() {
    return settled;
  }

  /** The slot that is taken next. */
  long next() {
    return taken + 1;
  }

  /** For how long the event that is gathered is held back; 0 if none is. */
  long pauseNs() {
    return pauseNs;
  }

  /** To be called once, last. */
  void free() {
    event.free();
  }
}
