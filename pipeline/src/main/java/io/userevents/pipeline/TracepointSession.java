// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Looks after a tracepoint from its first registration until it is closed. It has it registered,
 * and registered again when the kernel has lost it, and notices listeners that come and go. For the
 * consumer's thread, except where a method says otherwise.
 */
final class TracepointSession {

  /** The log says once that nobody listens, after this time without a listener. */
  static final long UNHEARD_NS = TimeUnit.MINUTES.toNanos(10);

  /** How often the tracepoint is asked whether its registration has been lost unnoticed. */
  static final long CHECK_PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

  private final Tracepoint tracepoint;
  private final RecordingWatch recording;
  private final SessionState state;
  private final Registration registration;
  private final Throttle checkFailures = new Throttle();
  private boolean unheardLogged;
  private long nextCheckNs;

  /**
   * Makes a session that has not begun.
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

  /** To be called once, first. */
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

  /** To be called now and then. */
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
   * To be called when the kernel does not know the registration any more. Takes back the rest of it
   * and registers again, unless that was tried too short a time ago: then, and if it fails, {@link
   * #poll} goes on trying.
   *
   * @return whether it is registered again
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

  /** Whether the machine cannot have the tracepoint, and so never had a record to write. */
  boolean isFutile() {
    return state.is(TracepointState.UNSUPPORTED) && !registration.hasEverSucceeded();
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
    registration.takeBack(TracepointState.CLOSED, nowNs);
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

  /** Any thread: waits until registration has been tried, and says so in the log if it was not. */
  void awaitFirstAttempt(long timeoutNs) {
    registration.firstAnswer().await(timeoutNs);
  }

  private void noticeListener(long nowNs) {
    // Asked in any state, so that a tracepoint that fails to say it is noticed.
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
}
