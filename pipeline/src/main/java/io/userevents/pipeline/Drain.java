// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the published records out of the ring in one pass: it gathers records that wait together
 * into an event, writes the event, gives each record its outcome, and frees the slots. Only the
 * consumer's thread uses it.
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
 *
 * <p>A pass may be ended anywhere by a {@link StackOverflowError} or an {@link OutOfMemoryError}:
 * the application may drive the consumer from a stack that is nearly full. So each step is noted by
 * plain stores that follow it with no call between, and the next pass completes the steps that this
 * one has left. Records that were not handed to the tracepoint are taken again; records that were
 * handed to it are settled once.
 */
final class Drain extends DrainState {

  /**
   * The most records in an event; enough for events of 4,048 bytes with records of 16 bytes and
   * more.
   */
  private static final int MAX_RECORDS_PER_EVENT = 256;

  /** The size from which a pass reads the cursor, which publishers contend for. */
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

  /**
   * A cache line behind the fields that the consumer writes while it waits; see {@link
   * ConsumerPadding}.
   */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

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
   * Makes each pass check the stack, because the application drives the consumer and its stack may
   * be nearly full.
   */
  void checksStack() {
    checksStack = true;
  }

  /**
   * Takes and writes published records, until there are no more, an event is held back, or the
   * limit is reached. A failure drops the records that it affects.
   *
   * @return how many slots were taken
   * @throws StackOverflowError if the stack is nearly full; the next call then continues
   */
  int poll(int limit) {
    if (checksStack && (isInterrupted || event.records() > 0 || ring.isPublished(taken + 1))) {
      StackHeadroom.requireForEvents();
    }
    long first = taken + 1;
    try {
      if (isInterrupted) {
        recover();
        first = taken + 1;
      }
      isInterrupted = true;
      pass(first, limit);
      isInterrupted = false;
    } catch (VirtualMachineError e) {
      errors.onError(e);
    } catch (Throwable e) {
      abandon();
      isInterrupted = false;
      errors.onError(e);
    }
    int count = (int) Math.max(0, taken + 1 - first);
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

  /** Completes the steps that an error has interrupted. It may be interrupted and called again. */
  private void recover() {
    if (outcome == null) {
      if (!isSending || sender.answer() == EventSender.NOT_ASKED) {
        // The slots are not free yet, so their records are taken once more.
        event.clear();
        taken = settled;
        records = 0;
        aborted = 0;
        bytes = 0;
        listened = false;
        isSending = false;
        return;
      }
      // The event may have been written, so it is not written again.
      decide(sender.answer());
    }
    event.clear();
    finish();
  }

  private void pass(long first, int limit) {
    if (pauseNs != 0) {
      pauseNs = 0;
    }
    // An event that was held back in the last pass goes first.
    if (event.records() > 0 && !flush()) {
      return;
    }
    // This reads the field, because a listener may have invoked the consumer, which has taken more.
    long end = first + limit;
    for (long sequence = taken + 1; sequence < end; sequence = taken + 1) {
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

  /** Takes an aborted claim, which is settled with the records around it. */
  private void takeEmpty(long sequence, int entry) {
    taken = sequence;
    if (!SlotEntries.isSealed(entry)) {
      aborted++;
      listened |= SlotEntries.isListened(entry);
    }
  }

  /** Takes a record. Returns false if the record stays because the event before it is held back. */
  private boolean take(long sequence, int entry, int length) {
    if (event.records() > 0 && !(length <= maxEventLength - event.length() && event.fits(length))) {
      if (!flush()) {
        return false;
      }
    }
    boolean begins = event.records() == 0;
    // This is checked once for each event, when it begins.
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
   * @return false if the event is held back
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
    sender.begin();
    isSending = true;
    decide(sender.send(event));
    event.clear();
    finish();
    return true;
  }

  /** Drops the taken records that have no outcome. */
  private void abandon() {
    event.clear();
    settle(Outcome.DROPPED_ERROR, Errno.EIO.number());
  }

  /** Gives the taken records this outcome and the aborted claims theirs, and frees their slots. */
  private void settle(Outcome decided, int errno) {
    decide(decided, errno);
    finish();
  }

  /** Decides the outcome by the tracepoint's answer, an error or 0. */
  private void decide(int errno) {
    if (errno == 0) {
      decide(Outcome.WRITTEN, 0);
    } else if (TracepointErrors.ofWrite(errno) == Reaction.DETACHED) {
      decide(Outcome.DROPPED_DETACHED, 0);
    } else {
      decide(Outcome.DROPPED_ERROR, errno);
    }
  }

  private void decide(Outcome decided, int errno) {
    if (outcome == null) {
      outcomeErrno = errno;
      failedRecords = decided == Outcome.DROPPED_ERROR ? records : 0;
      failedBytes = decided == Outcome.DROPPED_ERROR ? bytes : 0;
      outcome = decided;
    }
  }

  /** Settles the taken records with the outcome that was decided. */
  private void finish() {
    Outcome decided = outcome;
    if (decided != null && taken > settled) {
      count(decided);
      if (listened) {
        tell(decided);
      }
      // Otherwise a ring that is full now would stay full, because no more records come to be
      // settled.
      if (!isSealed) {
        ring.free(taken);
      }
    }
    told = taken;
    settled = taken;
    listened = false;
    isSending = false;
    outcome = null;
  }

  /** Adds each number once, even if this is called several times: no call follows an addition. */
  private void count(Outcome decided) {
    if (failedRecords > 0) {
      counters.failed(outcomeErrno, failedRecords);
      failedRecords = 0;
    }
    if (failedBytes > 0) {
      counters.failedBytes(outcomeErrno, failedBytes);
      failedBytes = 0;
    }
    if (bytes > 0) {
      counters.consumedBytes(decided, bytes);
      bytes = 0;
    }
    if (records > 0) {
      counters.consumed(decided, records);
      records = 0;
    }
    if (aborted > 0) {
      counters.consumed(Outcome.DROPPED_ABORTED, aborted);
      aborted = 0;
    }
  }

  private void tell(Outcome decided) {
    while (told < taken) {
      long sequence = told + 1;
      int entry = entries.get(sequence);
      if (!SlotEntries.isListened(entry)) {
        told = sequence;
        continue;
      }
      Slot slot = ring.slot(sequence);
      boolean isAborted = SlotEntries.length(entry) == 0;
      @Nullable OutcomeListener listener = slot.listener;
      long tag = slot.tag;
      // The slot outlives the record; the listener must not stay reachable, nor be called twice.
      slot.listener = null;
      told = sequence;
      if (listener != null) {
        listeners.call(
            listener,
            tag,
            isAborted ? Outcome.DROPPED_ABORTED : decided,
            isAborted ? 0 : outcomeErrno);
      }
    }
  }

  /** Gives up the next slot, of which the claim was never published. */
  void giveUp(@Nullable OutcomeListener listener, long tag) {
    event.clear();
    taken++;
    settled = taken;
    told = taken;
    counters.consumed(Outcome.DROPPED_CLOSED, 1);
    if (listener != null) {
      listeners.call(listener, tag, Outcome.DROPPED_CLOSED, 0);
    }
  }

  /** Stops freeing slots. */
  void seal() {
    isSealed = true;
  }

  /** Returns the last slot whose record has its outcome. */
  long settled() {
    return settled;
  }

  /** Returns the slot that is taken next. */
  long next() {
    return taken + 1;
  }

  /** Returns for how many nanoseconds the gathered event is held back; 0 if there is none. */
  long pauseNs() {
    return pauseNs;
  }

  /** Frees the memory. Call this once, as the last method. */
  void free() {
    event.free();
  }
}
