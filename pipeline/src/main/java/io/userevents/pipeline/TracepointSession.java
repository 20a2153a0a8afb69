// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.MemoryException;
import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import io.userevents.tracepoint.TracepointErrors;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Registers the tracepoint, again and again with growing pauses while that fails, notices listeners
 * that attach and detach, and owns the state. For the consumer's thread, except where a method says
 * otherwise.
 */
final class TracepointSession {

  /** First pause after a failure, unless the longest one is shorter. */
  static final long FIRST_RETRY_NS = TimeUnit.SECONDS.toNanos(1);

  /** From then on it is worth a line that nobody listens. */
  static final long UNHEARD_NS = TimeUnit.MINUTES.toNanos(10);

  /** How often the tracepoint is asked whether its registration has been lost unnoticed. */
  static final long CHECK_PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

  /** Messages that vary without end must not fill the memory, nor the log. */
  private static final int MAX_REPORTED = 100;

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
  private final RecordingWatch recording;
  private final SessionState state;
  private final Throttle checkFailures = new Throttle();
  private final CountDownLatch firstAttempt = new CountDownLatch(1);

  /** Held only to queue a line: orders the line that there is no answer before the answer's. */
  private final ReentrantLock answerLock = new ReentrantLock();

  private boolean answered;

  private boolean everRegistered;
  private boolean hopeless;

  private boolean unheardLogged;
  private final long minRetryNs;
  private final long maxRetryNs;
  private long retryNs;
  private long nextAttemptNs;
  private long nextCheckNs;
  private final Set<String> reported = new HashSet<>();

  /**
   * Makes a session that has not begun.
   *
   * @param maxRetryNs longest pause between two attempts to register
   */
  TracepointSession(
      Tracepoint tracepoint,
      Preparation preparation,
      TracepointStateListener listener,
      long maxRetryNs) {
    this.tracepoint = tracepoint;
    this.preparation = preparation;
    recording = new RecordingWatch(tracepoint);
    state = new SessionState(listener, recording);
    if (listener != TracepointStateListener.NONE) {
      recording.want();
    }
    this.maxRetryNs = maxRetryNs;
    minRetryNs = Math.min(FIRST_RETRY_NS, maxRetryNs);
    retryNs = minRetryNs;
  }

  /** To be called once, first. */
  void start(long nowNs) {
    try {
      attempt(nowNs);
      noticeListener(nowNs);
    } finally {
      answered();
      firstAttempt.countDown();
    }
  }

  /** To be called now and then. */
  void poll(long nowNs) {
    if (state.is(TracepointState.UNAVAILABLE) && nowNs - nextAttemptNs >= 0) {
      attempt(nowNs);
    }
    if (state.isRegistered() && nowNs - nextCheckNs >= 0) {
      nextCheckNs = nowNs + CHECK_PERIOD_NS;
      if (isLost()) {
        boolean unused = registerAgain(nowNs);
      }
    }
    noticeListener(nowNs);
    if (state.is(TracepointState.REGISTERED)
        && !unheardLogged
        && nowNs - state.registeredSinceNs() >= UNHEARD_NS) {
      unheardLogged = true;
      SafeLog.log(Level.INFO, unheard(), null);
    }
  }

  /**
   * To be called when the kernel does not know the registration any more. Takes back what is left
   * of it and registers again, unless that was tried too short a time ago: then, and if it fails,
   * {@link #poll} goes on trying.
   *
   * @return whether it is registered again
   */
  boolean registerAgain(long nowNs) {
    if (state.is(TracepointState.CLOSED)) {
      return false;
    }
    if (state.isRegistered()) {
      try {
        report(
            "the kernel does not know the registration of tracepoint "
                + tracepoint.eventName()
                + " any more; registering it again, nothing is to be done unless that fails",
            null);
      } finally {
        try {
          unregister(nowNs);
        } finally {
          state.move(TracepointState.UNAVAILABLE, nowNs);
        }
      }
    }
    long overdueNs = nowNs - nextAttemptNs;
    if (hopeless || overdueNs < 0) {
      return false;
    }
    if (overdueNs >= maxRetryNs) {
      // It has held for long: this is a new failure, not one more of the last.
      retryNs = minRetryNs;
    }
    attempt(nowNs);
    noticeListener(nowNs);
    return state.isRegistered();
  }

  /** Whether the machine cannot have the tracepoint, and so never had a record to write. */
  boolean isFutile() {
    return state.is(TracepointState.UNSUPPORTED) && !everRegistered;
  }

  /** To be called after {@link #close()}: says how often listeners have failed unsaid. */
  void completeReports() {
    state.completeReports();
    checkFailures.complete();
    recording.completeReports();
  }

  /** To be called once, last. */
  void close() {
    close(System.nanoTime());
  }

  /** Like {@link #close()}, at the given time. */
  void close(long nowNs) {
    try {
      unregister(nowNs);
    } finally {
      state.move(TracepointState.CLOSED, nowNs);
    }
  }

  /** Any thread. */
  TracepointState state() {
    return state.get();
  }

  /** Any thread: how often a listener was seen to attach. */
  long attachments() {
    return state.attachments();
  }

  /** Whether somebody wants to know soon of listeners that come and go. */
  boolean isWatched() {
    return recording.isWanted();
  }

  /**
   * Any thread: how often somebody has begun to record, with the one who does now; 0 while nobody
   * does. Nobody looks before the first call, unless there is a state listener.
   */
  long recordingNumber() {
    recording.want();
    return recording.number();
  }

  /**
   * Any thread: for how long listeners have been attached in all, up to the given time of {@link
   * System#nanoTime}, as far as it was seen.
   */
  long attachedNs(long nowNs) {
    return state.attachedNs(nowNs);
  }

  /** Any thread: waits until registration has been tried. */
  void awaitFirstAttempt(long timeoutNs) {
    try {
      if (!firstAttempt.await(timeoutNs, TimeUnit.NANOSECONDS)) {
        warnUnlessAnswered(
            "registration of tracepoint "
                + tracepoint.eventName()
                + " has not answered yet; going on without it, records are dropped until it has; if"
                + " no line follows that says registered, see in a thread dump where the consumer"
                + " stands");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void warnUnlessAnswered(String message) {
    answerLock.lock();
    try {
      if (!answered) {
        SafeLog.log(Level.WARNING, message, null);
      }
    } finally {
      answerLock.unlock();
    }
  }

  /** From now on no line says that there is no answer. */
  private void answered() {
    answerLock.lock();
    try {
      answered = true;
    } finally {
      answerLock.unlock();
    }
  }

  private void noticeListener(long nowNs) {
    // Asked in any state, so that a tracepoint that fails to say it is noticed.
    boolean enabled = tracepoint.isEnabled();
    if (state.isRegistered()) {
      state.move(enabled ? TracepointState.ATTACHED : TracepointState.REGISTERED, nowNs);
    }
    if (state.is(TracepointState.ATTACHED) && recording.poll(nowNs)) {
      state.tellRecording();
    }
  }

  /** Whether the tracepoint says that its registration is lost; never throws. */
  private boolean isLost() {
    try {
      return !tracepoint.isRegistered();
    } catch (Throwable e) {
      checkFailures.log(
          Level.WARNING,
          "tracepoint "
              + tracepoint.eventName()
              + " failed to say whether it is registered, which is taken for yes: correct its"
              + " isRegistered, which must not throw",
          e);
      return false;
    }
  }

  /** The tracepoint is closed whatever fails before, as the kernel knows it by its memory. */
  private void unregister(long nowNs) {
    try {
      if (state.is(TracepointState.ATTACHED)) {
        state.move(TracepointState.REGISTERED, nowNs);
      }
    } finally {
      closeTracepoint();
    }
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

  private void attempt(long nowNs) {
    // First, so that a pause follows whatever fails, also a lack of memory.
    nextAttemptNs = nowNs + retryNs;
    retryNs = Math.min(retryNs * 2, maxRetryNs);
    String where;
    try {
      where = register();
    } catch (RegistrationException e) {
      answered();
      hopeless = TracepointErrors.of(Call.REGISTER, e.errno()).reaction() == Reaction.GIVE_UP;
      report(e.getMessage() + consequence(), e.getCause());
      if (hopeless) {
        state.move(TracepointState.UNSUPPORTED, nowNs);
      }
      return;
    } catch (Throwable e) {
      answered();
      report("cannot register tracepoint " + tracepoint.eventName() + ": " + e + consequence(), e);
      return;
    }
    answered();
    boolean isAgain = everRegistered;
    if (!everRegistered) {
      everRegistered = true;
      // What failed before has nothing to do with how long this registration holds.
      retryNs = minRetryNs;
      nextAttemptNs = nowNs;
    }
    nextCheckNs = nowNs + CHECK_PERIOD_NS;
    // Before the line, so that a lack of memory does not leave a registration that nobody knows.
    state.move(TracepointState.REGISTERED, nowNs);
    String message =
        "registered tracepoint " + tracepoint.eventName() + (isAgain ? " again: " : ": ") + where;
    if (isNew(message)) {
      SafeLog.log(Level.INFO, message, null);
    }
  }

  /** Registers, and takes that back if what it needs cannot be made ready. */
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

  private String unheard() {
    String eventName = tracepoint.eventName();
    return "nobody has listened to tracepoint "
        + eventName
        + " for "
        + TimeUnit.NANOSECONDS.toMinutes(UNHEARD_NS)
        + " minutes, so nothing is written, at next to no cost; if somebody should listen: perf"
        + " record -a -e user_events:"
        + eventName
        + " (not logged again)";
  }

  private String consequence() {
    return hopeless
        ? "; records are dropped"
        : "; records are dropped until it succeeds, it is tried again every "
            + TimeUnit.NANOSECONDS.toMillis(minRetryNs)
            + " to "
            + TimeUnit.NANOSECONDS.toMillis(maxRetryNs)
            + " ms";
  }

  private void report(String failure, @Nullable Throwable cause) {
    if (isNew(failure)) {
      SafeLog.log(Level.WARNING, failure, cause);
    }
  }

  /** Once for each different message: what is tried for ever must not fill the log. */
  private boolean isNew(String message) {
    return reported.size() < MAX_REPORTED && reported.add(message);
  }
}
