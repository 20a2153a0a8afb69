// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.Tracepoint;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import java.util.logging.Level;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers waiting records into events, writes them and settles each record's outcome. For the
 * consumer's thread.
 *
 * <p>The bytes of two {@code ExportMetricsServiceRequest}s, one after the other, are one valid
 * request (protobuf: embedded repeated fields concatenate), so records that wait together share one
 * event and one system call.
 */
final class EventWriter {

  /** Enough for events of 4,048 bytes with records of 16 and more. */
  private static final int MAX_RECORDS_PER_EVENT = 256;

  private final Tracepoint tracepoint;
  private final TracepointSession session;
  private final Counters counters;
  private final RecordRing ring;
  private final OutcomeListeners listeners;
  private final Pacer pacer;
  private final Throttle failures = new Throttle();
  private final DirectBuffer memory;
  private final SlotLengths lengths;
  private final EventVector event;
  private final int maxEventLength;
  private final boolean gather;
  private boolean longEventLogged;

  /** Sequence of the last slot that was taken, and of the last one that has its outcome. */
  private long added = -1;

  private long settled = -1;

  EventWriter(
      Tracepoint tracepoint,
      TracepointSession session,
      Counters counters,
      RecordRing ring,
      OutcomeListeners listeners,
      Pacer pacer,
      int maxRecordLength,
      int maxEventLength,
      boolean gather) {
    this.tracepoint = tracepoint;
    this.session = session;
    this.counters = counters;
    this.ring = ring;
    this.listeners = listeners;
    this.pacer = pacer;
    memory = ring.memory();
    lengths = ring.lengths();
    this.gather = gather;
    this.maxEventLength = maxEventLength;
    event =
        new EventVector(
            gather ? MAX_RECORDS_PER_EVENT : 1, Math.max(maxRecordLength, maxEventLength));
  }

  /** Writes what is in the slots up to this one, of the ring's order. They may be freed then. */
  void write(long last) {
    while (added < last) {
      add(added + 1);
    }
    flush();
  }

  private void add(long sequence) {
    int length = SlotLengths.length(lengths.get(sequence));
    if (event.records() > 0
        && length > 0
        && length <= maxEventLength - event.length()
        && event.fits(length)) {
      event.add(memory, ring.offset(sequence), length);
      added = sequence;
    } else {
      begin(sequence, length);
    }
  }

  /** Takes a slot that is not simply one more of an event. */
  private void begin(long sequence, int length) {
    if (length == 0) {
      // Aborted; settled with those around it.
      added = sequence;
      return;
    }
    flush();
    added = sequence;
    if (!isEnabled()) {
      settle(Outcome.DROPPED_DETACHED, 0);
      return;
    }
    event.add(memory, ring.offset(sequence), length);
    if (!gather) {
      flush();
    }
  }

  /** Writes what was gathered. */
  private void flush() {
    if (event.records() == 0) {
      settle(Outcome.DROPPED_ABORTED, 0);
      return;
    }
    int length = event.length();
    pacer.await(length);
    int errno = write();
    event.clear();
    if (errno == 0 && length > EventLayout.MAX_LENGTH_FTRACE && !longEventLogged) {
      longEventLogged = true;
      logLongEvent(length);
    }
    Outcome outcome =
        errno == 0
            ? Outcome.WRITTEN
            : TracepointErrors.ofWrite(errno) == Reaction.DETACHED
                ? Outcome.DROPPED_DETACHED
                : Outcome.DROPPED_ERROR;
    settle(outcome, outcome == Outcome.DROPPED_ERROR ? errno : 0);
  }

  /** Gives up what was gathered, and the slots up to this one, so that each has an outcome. */
  void abandon(long sequence) {
    event.clear();
    added = Math.max(added, sequence);
    settle(Outcome.DROPPED_ERROR, Errno.EIO.number());
  }

  /** Gives up a slot whose claim was never published. */
  void abandonClaim(long sequence, @Nullable OutcomeListener listener, long tag) {
    flush();
    added = sequence;
    settled = sequence;
    counters.consumed(Outcome.DROPPED_CLOSED, 1, 0, 0);
    if (listener != null) {
      listeners.call(listener, tag, Outcome.DROPPED_CLOSED, 0);
    }
  }

  /** The last slot whose record has its outcome. */
  long settled() {
    return settled;
  }

  /** To be called last: says how often the tracepoint has failed unsaid. */
  void completeReports() {
    failures.complete();
  }

  void free() {
    event.free();
  }

  private int write() {
    boolean registeredAgain = false;
    for (int attempt = 1; ; attempt++) {
      int errno = writeOnce();
      if (errno == 0) {
        return 0;
      }
      Reaction reaction = TracepointErrors.ofWrite(errno);
      if (reaction == Reaction.REGISTER_AGAIN) {
        // Also the second time: a registration that does not serve is taken back.
        if (!session.registerAgain(System.nanoTime()) || registeredAgain) {
          return errno;
        }
        registeredAgain = true;
      } else if (reaction != Reaction.RETRY_AT_ONCE || attempt >= TracepointErrors.MAX_ATTEMPTS) {
        return errno;
      }
    }
  }

  /** Returns 0 or the errno, positive. */
  private int writeOnce() {
    int errno;
    try {
      errno = -tracepoint.write(event);
    } catch (Throwable e) {
      failures.log(
          Level.WARNING,
          "tracepoint "
              + tracepoint.eventName()
              + " failed to write, the records are dropped: correct its write, which must"
              + " return errors, not throw",
          e);
      errno = Errno.EIO.number();
    }
    counters.writeCall(errno == 0);
    return errno;
  }

  private void logLongEvent(int length) {
    SafeLog.log(
        Level.WARNING,
        "tracepoint "
            + tracepoint.eventName()
            + ": an event of "
            + length
            + " bytes was written: perf delivers it, ftrace does not deliver events above "
            + EventLayout.MAX_LENGTH_FTRACE
            + " bytes on a kernel with pages of 4,096 bytes (larger pages hold longer events); if"
            + " this tracepoint is read by ftrace, set maxRecordLength and maxEventLength to "
            + EventLayout.MAX_LENGTH_FTRACE
            + " (not logged again)",
        null);
  }

  /** Whether a listener is attached; never throws. */
  boolean isEnabled() {
    try {
      return tracepoint.isEnabled();
    } catch (Throwable e) {
      failures.log(
          Level.WARNING,
          "a tracepoint failed to say whether it is enabled, the records are dropped: correct"
              + " its isEnabled, which must not throw",
          e);
      return false;
    }
  }

  /**
   * Gives all added slots without an outcome this one, or that of an aborted claim. Never throws:
   * what comes after the counting is only the listeners.
   */
  private void settle(Outcome outcome, int errno) {
    long first = settled + 1;
    long last = added;
    settled = last;
    int records = 0;
    int aborted = 0;
    long bytes = 0;
    boolean listened = false;
    for (long sequence = first; sequence <= last; sequence++) {
      int entry = lengths.get(sequence);
      int length = SlotLengths.length(entry);
      if (length > 0) {
        records++;
        bytes += length;
      } else if (!SlotLengths.isSealed(entry)) {
        aborted++;
      }
      listened |= SlotLengths.isListened(entry);
    }
    counters.consumed(outcome, records, bytes, errno);
    counters.consumed(Outcome.DROPPED_ABORTED, aborted, 0, 0);
    if (listened) {
      tell(first, last, outcome, errno);
    }
  }

  private void tell(long first, long last, Outcome outcome, int errno) {
    for (long sequence = first; sequence <= last; sequence++) {
      int entry = lengths.get(sequence);
      if (!SlotLengths.isListened(entry)) {
        continue;
      }
      Slot slot = ring.slot(sequence);
      @Nullable OutcomeListener listener = slot.listener;
      // The slot outlives the record: what it refers to must not.
      slot.listener = null;
      if (listener != null) {
        boolean aborted = SlotLengths.length(entry) == 0;
        listeners.call(
            listener, slot.tag, aborted ? Outcome.DROPPED_ABORTED : outcome, aborted ? 0 : errno);
      }
    }
  }
}
