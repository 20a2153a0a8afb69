// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;

/**
 * Holds the state of a tracepoint and its attachments, and calls the state listener. Only the
 * consumer's thread uses it, except where a method says otherwise.
 */
final class SessionState {

  /**
   * The attachments, replaced at each change so that readers see a count and times that belong
   * together.
   */
  private record Attachments(long count, boolean current, long sinceNs, long endedNs) {

    private Attachments begun(long nowNs) {
      return new Attachments(count + 1, true, nowNs, endedNs);
    }

    private Attachments ended(long nowNs) {
      return new Attachments(count, false, 0, attachedNs(nowNs));
    }

    private long attachedNs(long nowNs) {
      // A reader may have read the clock before the change that it sees.
      return current ? endedNs + Math.max(0, nowNs - sinceNs) : endedNs;
    }
  }

  private final TracepointStateListener listener;
  private final RecordingWatch recording;
  private final Throttle listenerFailures = new Throttle();

  private volatile TracepointState state = TracepointState.UNAVAILABLE;
  private volatile Attachments attachments = new Attachments(0, false, 0, 0);

  /** The time since which the tracepoint is registered without a listener, if that is its state. */
  private long registeredSinceNs;

  /**
   * Creates the state of a tracepoint that is not registered.
   *
   * @param recording receives attachments before the listener does
   */
  SessionState(TracepointStateListener listener, RecordingWatch recording) {
    this.listener = listener;
    this.recording = recording;
  }

  /** Returns the state. Any thread may call this. */
  TracepointState get() {
    return state;
  }

  /** Returns whether this is the state. Any thread may call this. */
  boolean is(TracepointState other) {
    return state == other;
  }

  /**
   * Returns whether the tracepoint is registered, with a listener or without. Any thread may call
   * this.
   */
  boolean isRegistered() {
    TracepointState seen = state;
    return seen == TracepointState.REGISTERED || seen == TracepointState.ATTACHED;
  }

  /** Returns how often a listener was seen to attach. Any thread may call this. */
  long attachments() {
    return attachments.count();
  }

  /**
   * Returns for how long listeners were attached in all, up to the given time. Any thread may call
   * this.
   */
  long attachedNs(long nowNs) {
    return attachments.attachedNs(nowNs);
  }

  /** Returns when the tracepoint was registered, or the last listener detached. */
  long registeredSinceNs() {
    return registeredSinceNs;
  }

  /** Moves to this state and calls the listener, unless it is already the state. */
  void move(TracepointState next, long nowNs) {
    TracepointState previous = state;
    if (next == previous) {
      return;
    }
    try {
      if (next == TracepointState.ATTACHED) {
        recording.attached();
        attachments = attachments.begun(nowNs);
      } else if (previous == TracepointState.ATTACHED) {
        recording.detached();
        attachments = attachments.ended(nowNs);
      }
    } finally {
      // The state changes even if there is no memory to count it, because other parts rely on the
      // state.
      if (next == TracepointState.REGISTERED) {
        registeredSinceNs = nowNs;
      }
      state = next;
      tell(previous, next);
    }
  }

  /** Tells the state listener that a listener has begun to record. */
  void tellRecording() {
    try {
      listener.onRecording();
    } catch (Throwable e) {
      listenerFailed(e);
    }
  }

  /** Reports how many failures of the listener were not logged. Call this last. */
  void completeReports() {
    listenerFailures.complete();
  }

  private void tell(TracepointState previous, TracepointState next) {
    try {
      listener.onStateChange(previous, next);
    } catch (Throwable e) {
      listenerFailed(e);
    }
    try {
      if (next == TracepointState.ATTACHED) {
        listener.onAttach();
      } else if (previous == TracepointState.ATTACHED) {
        listener.onDetach();
      }
    } catch (Throwable e) {
      listenerFailed(e);
    }
  }

  private void listenerFailed(Throwable failure) {
    listenerFailures.log(
        Level.WARNING,
        "a tracepoint state listener failed: correct it, it must not throw",
        failure);
  }
}
