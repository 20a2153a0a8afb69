// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.syscall.Errno;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.Tracepoint;
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

  /** EINTR and EFAULT pass: a signal was taken, a page is being brought in. */
  private static final int MAX_ATTEMPTS = 4;

  private final Tracepoint tracepoint;
  private final Counters counters;
  private final DirectBuffer records;
  private final EventVector event;
  private final Slot[] gathered;
  private final boolean gather;

  EventWriter(
      Tracepoint tracepoint,
      Counters counters,
      DirectBuffer records,
      int maxEventLength,
      boolean gather) {
    this.tracepoint = tracepoint;
    this.counters = counters;
    this.records = records;
    this.gather = gather;
    int maxRecords = gather ? MAX_RECORDS_PER_EVENT : 1;
    event = new EventVector(maxRecords, maxEventLength);
    gathered = new Slot[maxRecords];
  }

  /** Takes one record of the ring. Its slot has to stay claimed until {@link #flush()}. */
  void add(Slot slot) {
    if (slot.length == Slot.VOID) {
      settle(slot, Outcome.DROPPED_ERROR, Errno.EFAULT.number());
      return;
    }
    if (!isEnabled()) {
      flush();
      settle(slot, Outcome.DROPPED_DETACHED, 0);
      return;
    }
    if (!event.fits(slot.length)) {
      flush();
    }
    event.add(records, slot.offset, slot.length);
    gathered[event.records() - 1] = slot;
    if (!gather) {
      flush();
    }
  }

  /** Writes what was gathered. */
  void flush() {
    int count = event.records();
    if (count == 0) {
      return;
    }
    int errno = write();
    event.clear();
    Outcome outcome =
        errno == 0
            ? Outcome.WRITTEN
            : errno == Errno.EBADF.number() ? Outcome.DROPPED_DETACHED : Outcome.DROPPED_ERROR;
    int reason = outcome == Outcome.DROPPED_ERROR ? errno : 0;
    for (int i = 0; i < count; i++) {
      settle(gathered[i], outcome, reason);
    }
  }

  /**
   * Gives up what was gathered and the record that could not be, so that each has an outcome and no
   * slot is referred to after the ring has reused it.
   */
  void abandon(Slot failed) {
    int count = event.records();
    event.clear();
    for (int i = 0; i < count; i++) {
      settle(gathered[i], Outcome.DROPPED_ERROR, Errno.EIO.number());
    }
    settle(failed, Outcome.DROPPED_ERROR, Errno.EIO.number());
  }

  void free() {
    event.free();
  }

  private int write() {
    for (int attempt = 1; ; attempt++) {
      int errno = -writeOnce();
      counters.writeCall(errno == 0, event.length());
      boolean passing = errno == Errno.EINTR.number() || errno == Errno.EFAULT.number();
      if (!passing || attempt == MAX_ATTEMPTS) {
        return errno;
      }
    }
  }

  private int writeOnce() {
    try {
      return tracepoint.write(event);
    } catch (Throwable e) {
      SafeLog.log(Level.WARNING, "tracepoint " + tracepoint.eventName() + " failed to write", e);
      return -Errno.EIO.number();
    }
  }

  private boolean isEnabled() {
    try {
      return tracepoint.isEnabled();
    } catch (Throwable e) {
      SafeLog.log(Level.WARNING, "a tracepoint failed to say whether it is enabled", e);
      return false;
    }
  }

  /** Once for each record, and it never throws. */
  private void settle(Slot slot, Outcome outcome, int errno) {
    if (slot.length == Slot.SETTLED) {
      return;
    }
    slot.length = Slot.SETTLED;
    @Nullable OutcomeListener listener = slot.listener;
    // The slot outlives the record: what it refers to must not.
    slot.listener = null;
    counters.consumed(outcome, errno);
    if (listener != null) {
      OutcomeListeners.call(listener, slot.tag, outcome, errno);
    }
  }
}
