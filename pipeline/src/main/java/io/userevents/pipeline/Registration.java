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
 * Registers a tracepoint with growing pauses between failures, prepares for a registration that
 * succeeds, and takes it back. It moves the {@link SessionState} and logs each different result
 * once. For the consumer's thread.
 */
final class Registration {

  /** Makes ready what a registered tracepoint needs. */
  @FunctionalInterface
  interface Preparation {

    /**
     * Called by the consumer's thread after each registration; there is nothing to do if it is
     * ready.
     *
     * @throws MemoryException if it cannot be made ready; then the registration has failed
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
   * Makes a registration that has not been tried.
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

  /** The answer to the first attempt, which other threads may wait for. */
  FirstAnswer firstAnswer() {
    return firstAnswer;
  }

  /** Whether an attempt has ever succeeded. */
  boolean hasEverSucceeded() {
    return everSucceeded;
  }

  /** Tries to register if a pause is over and the last failure was not for good. */
  void attemptIfDue(long nowNs) {
    if (!hopeless && schedule.isDue(nowNs)) {
      StackHeadroom.requireForSetUp();
      attempt(nowNs);
    }
  }

  /** Tries to register now. A failure is logged, not thrown. */
  void attempt(long nowNs) {
    // First, so that a pause follows whatever fails, also a lack of memory.
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
   * Takes back the rest of a registration that the kernel has lost, and tries to register unless
   * the last attempt was too short a time ago.
   *
   * @return whether it is registered
   */
  boolean renew(long nowNs) {
    if (state.isRegistered()) {
      try {
        log.log(
            Level.WARNING,
            "the kernel does not know the registration of tracepoint "
                + tracepoint.eventName()
                + " any more; registering it again, nothing is to be done unless that fails",
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
   * Takes the registration back and moves to the state. The tracepoint is closed whatever fails
   * before, as the kernel knows it by its memory.
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
      // What failed before has nothing to do with how long this registration holds.
      schedule.reset(nowNs);
    }
    // Before the line, so that a lack of memory does not leave a registration that nobody knows.
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
