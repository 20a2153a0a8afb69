// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Maintains a tracepoint from its first registration until it is closed. It registers the
 * tracepoint, registers it again when the kernel has lost it, and notices listeners that come and
 * go. Only the consumer's thread uses it, except where a method says otherwise.
 */
final class TracepointSession {

  /** The time without a listener after which the log says so once. */
  static final long UNHEARD_NS = TimeUnit.MINUTES.toNanos(10);

  /** The time between checks for a registration that was lost unnoticed. */
  static final long CHECK_PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

  private final Tracepoint tracepoint;
  private final RecordingWatch recording;
  private final SessionState state;
  private final Registration registration;
  private final Throttle checkFailures = new Throttle();
  private boolean unheardLogged;
  private long nextCheckNs;

  /**
   * Creates a session that has not begun.
   *
   * @param maxRetryNs longest pause between two attempts to register
   */
  TracepointSession(
      Tracepoint tracepoint,
      Registration.Preparation preparation,
      TracepointStateListener listener,
      long maxRetryNs) {
    this.tracepoint = tracepoint;
    recording = new RecordingWatch(tracepoint);
    state = new SessionState(listener, recording);
    registration = new Registration(tracepoint, preparation, state, maxRetryNs);
    if (listener != TracepointStateListener.NONE) {
      recording.want();
    }
  }

  /** Starts the session. Call this once, as the first method. */
  void start(long nowNs) {
    try {
      StackHeadroom.requireForSetUp();
      nextCheckNs = nowNs + CHECK_PERIOD_NS;
      registration.attempt(nowNs);
      noticeListener(nowNs);
    } finally {
      registration.firstAnswer().attemptEnded();
    }
  }

  /** Does the work that is due. Call this in each round of duties. */
  void poll(long nowNs) {
    if (state.is(TracepointState.UNAVAILABLE)) {
      nextCheckNs = nowNs + CHECK_PERIOD_NS;
      registration.attemptIfDue(nowNs);
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
   * Handles a registration that the kernel does not know any more: takes back the rest of it and
   * registers again, unless the last attempt was too recent. In that case, and if it fails, {@link
   * #poll} continues to try.
   *
   * @return whether the tracepoint is registered again
   */
  boolean registerAgain(long nowNs) {
    if (state.is(TracepointState.CLOSED)) {
      return false;
    }
    StackHeadroom.requireForSetUp();
    if (!registration.renew(nowNs)) {
      return false;
    }
    nextCheckNs = nowNs + CHECK_PERIOD_NS;
    noticeListener(nowNs);
    return state.isRegistered();
  }

  /** Returns whether the machine cannot have the tracepoint, and so never had a record to write. */
  boolean isFutile() {
    return state.is(TracepointState.UNSUPPORTED) && !registration.hasEverSucceeded();
  }

  /** Reports how many failures of listeners were not logged. Call this after {@link #close()}. */
  void completeReports() {
    state.completeReports();
    checkFailures.complete();
    recording.completeReports();
  }

  /** Closes the tracepoint. Call this once, as the last method but {@link #completeReports}. */
  void close() {
    close(System.nanoTime());
  }

  /** Does the same as {@link #close()}, at the given time. */
  void close(long nowNs) {
    registration.takeBack(TracepointState.CLOSED, nowNs);
  }

  /** Returns the state. Any thread may call this. */
  TracepointState state() {
    return state.get();
  }

  /** Returns how often a listener was seen to attach. Any thread may call this. */
  long attachments() {
    return state.attachments();
  }

  /** Returns whether the application needs to know soon of listeners that come and go. */
  boolean isWatched() {
    return recording.isWanted();
  }

  /**
   * Returns how often a listener has begun to record, including the one that records now; 0 while
   * none records. There are no checks before the first call, unless there is a state listener. Any
   * thread may call this.
   */
  long recordingNumber() {
    recording.want();
    return recording.number();
  }

  /**
   * Returns for how long listeners were attached in all, up to the given time of {@link
   * System#nanoTime}, as far as the consumer saw them. Any thread may call this.
   */
  long attachedNs(long nowNs) {
    return state.attachedNs(nowNs);
  }

  /**
   * Waits until registration was tried or will never be, and logs a line if that takes longer.
   * Returns whether it was in time. Any thread may call this.
   */
  boolean awaitFirstAttempt(long timeoutNs) {
    return registration.firstAnswer().await(timeoutNs);
  }

  /** Ends the waiting for a registration that will never be tried. Any thread may call this. */
  void neverStarts() {
    registration.firstAnswer().attemptEnded();
  }

  private void noticeListener(long nowNs) {
    // This is called in any state, so that a tracepoint that fails here is noticed.
    boolean enabled = tracepoint.isEnabled();
    if (state.isRegistered()) {
      if (enabled != state.is(TracepointState.ATTACHED)) {
        StackHeadroom.requireForSetUp();
      }
      state.move(enabled ? TracepointState.ATTACHED : TracepointState.REGISTERED, nowNs);
    }
    if (state.is(TracepointState.ATTACHED) && recording.poll(nowNs)) {
      state.tellRecording();
    }
  }

  /** Returns whether the tracepoint says that its registration is lost. Never throws. */
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

  private String unheard() {
    String eventName = tracepoint.eventName();
    return "nobody has listened to tracepoint "
        + eventName
        + " for "
        + TimeUnit.NANOSECONDS.toMinutes(UNHEARD_NS)
        + " minutes, so nothing is written, at next to no cost; to attach a listener: perf"
        + " record -a -e user_events:"
        + eventName
        + " (not logged again)";
  }
}
