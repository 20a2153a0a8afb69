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
 *
 * <p>A pass may be ended anywhere by a {@link StackOverflowError} or an {@link OutOfMemoryError}:
 * the application may drive the consumer from a stack that is nearly full. So each step is noted by
 * plain stores that follow it with no call between, and the next pass completes what this one has
 * left. What was not handed to the tracepoint is taken again, what was is settled once.
 */
final class Drain extends DrainState {

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

  /** Behind the fields that the consumer writes while it waits; see {@link ConsumerPadding}. */
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

  /** The application drives the consumer, maybe where its stack is nearly full. */
  void checksStack() {
    checksStack = true;
  }

  /**
   * Takes and writes records that are published, until there are no more, an event is held back, or
   * the limit is reached. A failure drops the records that it met.
   *
   * @return how many slots were taken
   * @throws StackOverflowError if the stack is nearly full; then the next call goes on
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

  /** Completes what an error has interrupted. May be interrupted and called again. */
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
      // It may be written, so it is not written again.
      decide(sender.answer());
    }
    event.clear();
    finish();
  }

  private void pass(long first, int limit) {
    if (pauseNs != 0) {
      pauseNs = 0;
    }
    // One that was held back in the last pass goes first.
    if (event.records() > 0 && !flush()) {
      return;
    }
    // By the field: a listener may have invoked the consumer, which has taken more.
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
    sender.begin();
    isSending = true;
    decide(sender.send(event));
    event.clear();
    finish();
    return true;
  }

  /** Drops the records that are taken and have no outcome. */
  private void abandon() {
    event.clear();
    settle(Outcome.DROPPED_ERROR, Errno.EIO.number());
  }

  /** Gives the taken records this outcome, and aborted claims theirs, and frees their slots. */
  private void settle(Outcome decided, int errno) {
    decide(decided, errno);
    finish();
  }

  /** The tracepoint has answered with this error, or 0. */
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

  /** Settles the records that are taken, by the outcome that is decided. */
  private void finish() {
    Outcome decided = outcome;
    if (decided != null && taken > settled) {
      count(decided);
      if (listened) {
        tell(decided);
      }
      // Otherwise a ring that is full now would stay so: nothing more comes to be settled.
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

  /** Counts each number once, however often it is called: nothing is called after an addition. */
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
      // The slot outlives the record: what it refers to must not. Nobody is told twice.
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

  /** Gives up the next slot, whose claim was never published. */
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
