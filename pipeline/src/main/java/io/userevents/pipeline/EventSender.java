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
 * Writes one event to the tracepoint, again if the kernel asks for it, and registers the tracepoint
 * again if the kernel has lost it. For the consumer's thread. A tracepoint that throws counts as a
 * failed write.
 */
final class EventSender {

  /** In place of an answer: no write of the event was begun. */
  static final int NOT_ASKED = -1;

  private final Tracepoint tracepoint;
  private final TracepointSession session;
  private final Counters counters;
  private final ConsumerErrors errors;
  private final Throttle failures = new Throttle();
  private final LongEvents longEvents;

  /** The tracepoint's to the last write of the event; EIO while it is asked. */
  private int answer = NOT_ASKED;

  EventSender(
      Tracepoint tracepoint, TracepointSession session, Counters counters, ConsumerErrors errors) {
    this.errors = errors;
    this.tracepoint = tracepoint;
    this.session = session;
    this.counters = counters;
    longEvents = new LongEvents(tracepoint.eventName(), EventLayout::maxLengthFtraceHere);
  }

  /** Whether a listener is attached. */
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

  /** To be called before each event. */
  void begin() {
    answer = NOT_ASKED;
  }

  /** Writes the event. Returns 0 or the number of the error, positive. */
  int send(EventVector event) {
    int errno;
    try {
      errno = sendUntilAnswered(event);
    } catch (Throwable e) {
      // The tracepoint's own failures are caught nearer: this one may be out of memory.
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
        // The event was written all the same.
        errors.onError(e);
      }
    }
    return errno;
  }

  /** The answer to the event, if an error has ended {@link #send}, or {@link #NOT_ASKED}. */
  int answer() {
    return answer;
  }

  /** To be called last: says how often the tracepoint has failed unsaid. */
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

  private int sendOnce(EventVector event) {
    int errno = Errno.EIO.number();
    answer = errno;
    try {
      // Nothing is called between: an error that follows does not make an event unwritten.
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
