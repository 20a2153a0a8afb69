// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.Tracepoint;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import java.util.logging.Level;

/**
 * Writes one event to the tracepoint, repeats the write if the kernel asks for it, and registers
 * the tracepoint again if the kernel has lost it. Only the consumer's thread uses it. A tracepoint
 * that throws counts as a failed write.
 */
final class EventSender {

  /** Stands for an answer: no write of the event was begun. */
  static final int NOT_ASKED = -1;

  private final Tracepoint tracepoint;
  private final TracepointSession session;
  private final Counters counters;
  private final ConsumerErrors errors;
  private final Throttle failures = new Throttle();
  private final LongEvents longEvents;

  /** The tracepoint's answer to the last write of the event; EIO during the call. */
  private int answer = NOT_ASKED;

  EventSender(
      Tracepoint tracepoint, TracepointSession session, Counters counters, ConsumerErrors errors) {
    this.errors = errors;
    this.tracepoint = tracepoint;
    this.session = session;
    this.counters = counters;
    longEvents = new LongEvents(tracepoint.eventName(), EventLayout::maxLengthFtraceHere);
  }

  /** Returns whether a listener is attached. */
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

  /** Prepares for the next event. Call this before each event. */
  void begin() {
    answer = NOT_ASKED;
  }

  /** Writes the event. Returns 0 or the number of the error, positive. */
  int send(EventVector event) {
    int errno;
    try {
      errno = sendUntilAnswered(event);
    } catch (Throwable e) {
      // Failures of the tracepoint are caught closer to it; this one may be a lack of memory.
      int answered = answer;
      if (answered == NOT_ASKED && e instanceof VirtualMachineError) {
        // The stack or the heap is full: the event can be written later.
        throw e;
      }
      errors.onError(e);
      return answered == NOT_ASKED ? Errno.EIO.number() : answered;
    }
    if (errno == 0 && longEvents.isLong(event.length())) {
      try {
        longEvents.report(event.length());
      } catch (Throwable e) {
        // The event was written in spite of this.
        errors.onError(e);
      }
    }
    return errno;
  }

  /** Returns the answer to the event if an error has ended {@link #send}, or {@link #NOT_ASKED}. */
  int answer() {
    return answer;
  }

  /** Reports how many failures of the tracepoint were not logged. Call this last. */
  void completeReports() {
    failures.complete();
  }

  private int sendUntilAnswered(EventVector event) {
    boolean registeredAgain = false;
    for (int attempt = 1; ; attempt++) {
      int errno = sendOnce(event);
      if (errno == 0) {
        return 0;
      }
      Reaction reaction = TracepointErrors.ofWrite(errno);
      if (reaction == Reaction.REGISTER_AGAIN) {
        // This also happens the second time, so that a registration that does not work is taken
        // back.
        if (!session.registerAgain(System.nanoTime()) || registeredAgain) {
          return errno;
        }
        registeredAgain = true;
      } else if (reaction != Reaction.RETRY_AT_ONCE || attempt >= TracepointErrors.MAX_ATTEMPTS) {
        return errno;
      }
    }
  }

  private int sendOnce(EventVector event) {
    int errno = Errno.EIO.number();
    answer = errno;
    try {
      // No call comes between, because a later error must not count a written event as unwritten.
      answer = -tracepoint.write(event);
      errno = answer;
    } catch (Throwable e) {
      failures.log(
          Level.WARNING,
          "a tracepoint failed to write, the records are dropped: correct its write, which must"
              + " return errors, not throw",
          e);
    }
    counters.writeCall(errno == 0);
    return errno;
  }
}
