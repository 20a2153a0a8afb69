// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.MemoryException;
import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import java.util.logging.Level;

/**
 * Registers a tracepoint with growing pauses between failures, prepares the pipeline when a
 * registration succeeds, and unregisters the tracepoint. It moves the {@link SessionState} and logs
 * each different result once. Only the consumer's thread uses it.
 */
final class Registration {

  /** Prepares the parts of a pipeline that a registered tracepoint needs. */
  @FunctionalInterface
  interface Preparation {

    /**
     * Prepares these parts, unless they are ready. The consumer's thread calls this after each
     * registration.
     *
     * @throws MemoryException if memory is short; the registration has then failed
     */
    void prepare() throws MemoryException;
  }

  private final Tracepoint tracepoint;
  private final Preparation preparation;
  private final SessionState state;
  private final RetrySchedule schedule;
  private final FirstAnswer firstAnswer;
  private final OnceLog log = new OnceLog();
  private boolean everSucceeded;
  private boolean hopeless;

  /**
   * Creates a registration that was not tried yet.
   *
   * @param maxRetryNs longest pause between two attempts
   */
  Registration(
      Tracepoint tracepoint, Preparation preparation, SessionState state, long maxRetryNs) {
    this.tracepoint = tracepoint;
    this.preparation = preparation;
    this.state = state;
    schedule = new RetrySchedule(maxRetryNs);
    firstAnswer = new FirstAnswer(tracepoint.eventName());
  }

  /** Returns the answer to the first attempt, for which other threads may wait. */
  FirstAnswer firstAnswer() {
    return firstAnswer;
  }

  /** Returns whether an attempt has ever succeeded. */
  boolean hasEverSucceeded() {
    return everSucceeded;
  }

  /** Tries to register if a pause is over and the last failure was not final. */
  void attemptIfDue(long nowNs) {
    if (!hopeless && schedule.isDue(nowNs)) {
      StackHeadroom.requireForSetUp();
      attempt(nowNs);
    }
  }

  /** Tries to register now. A failure is logged, not thrown. */
  void attempt(long nowNs) {
    // This comes first, so that a pause follows every failure, also a lack of memory.
    schedule.attempt(nowNs);
    String where;
    try {
      where = register();
    } catch (RegistrationException e) {
      firstAnswer.answered();
      hopeless = TracepointErrors.of(Call.REGISTER, e.errno()).reaction() == Reaction.GIVE_UP;
      log.log(Level.WARNING, e.getMessage() + consequence(), e.getCause());
      if (hopeless) {
        state.move(TracepointState.UNSUPPORTED, nowNs);
      }
      return;
    } catch (Throwable e) {
      firstAnswer.answered();
      log.log(
          Level.WARNING,
          "cannot register tracepoint " + tracepoint.eventName() + ": " + e + consequence(),
          e);
      return;
    }
    firstAnswer.answered();
    succeeded(where, nowNs);
  }

  /**
   * Takes back the rest of a registration that the kernel has lost, and tries to register again,
   * unless the last attempt was too recent.
   *
   * @return whether the tracepoint is registered
   */
  boolean renew(long nowNs) {
    if (state.isRegistered()) {
      try {
        log.log(
            Level.WARNING,
            "the kernel does not know the registration of tracepoint "
                + tracepoint.eventName()
                + " any more; registering it again, you need to act only if that fails",
            null);
      } finally {
        takeBack(TracepointState.UNAVAILABLE, nowNs);
      }
    }
    if (!hopeless && schedule.isDue(nowNs)) {
      schedule.forgetOldAttempts(nowNs);
      attempt(nowNs);
    }
    return state.isRegistered();
  }

  /**
   * Unregisters the tracepoint and moves to the state. The tracepoint is closed even if an earlier
   * step fails, because the kernel knows its memory.
   */
  void takeBack(TracepointState next, long nowNs) {
    try {
      if (state.is(TracepointState.ATTACHED)) {
        state.move(TracepointState.REGISTERED, nowNs);
      }
    } finally {
      try {
        closeTracepoint();
      } finally {
        state.move(next, nowNs);
      }
    }
  }

  /** Registers, and takes that back if the preparation fails. */
  private String register() throws RegistrationException {
    String where = tracepoint.register();
    boolean ready = false;
    try {
      preparation.prepare();
      ready = true;
    } catch (MemoryException e) {
      throw new RegistrationException(
          "cannot use tracepoint " + tracepoint.eventName() + ": " + e.getMessage(),
          Errno.ENOMEM.number(),
          null);
    } finally {
      if (!ready) {
        closeTracepoint();
      }
    }
    return where;
  }

  private void succeeded(String where, long nowNs) {
    boolean isAgain = everSucceeded;
    if (!everSucceeded) {
      everSucceeded = true;
      // Earlier failures do not affect how long this registration holds.
      schedule.reset(nowNs);
    }
    // This comes before the log line, so that a lack of memory does not leave an unknown
    // registration.
    state.move(TracepointState.REGISTERED, nowNs);
    log.log(
        Level.INFO,
        "registered tracepoint " + tracepoint.eventName() + (isAgain ? " again: " : ": ") + where,
        null);
  }

  private void closeTracepoint() {
    try {
      tracepoint.close();
    } catch (Throwable e) {
      SafeLog.log(
          Level.WARNING,
          "closing tracepoint "
              + tracepoint.eventName()
              + " failed: correct its close, which must not throw",
          e);
    }
  }

  private String consequence() {
    return hopeless
        ? "; records are dropped"
        : "; records are dropped until it succeeds, it is tried again every " + schedule.range();
  }
}
