// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;

/**
 * Holds the state of a tracepoint and the attachments that were seen, and tells the listener of
 * both. For the consumer's thread, except where a method says otherwise.
 */
final class SessionState {

  /** Replaced at each change, so that readers see count and times that belong together. */
  private record Attachments(long count, boolean current, long sinceNs, long endedNs) {

    private Attachments begun(long nowNs) {
      return new Attachments(count + 1, true, nowNs, endedNs);
    }

    private Attachments ended(long nowNs) {
      return new Attachments(count, false, 0, attachedNs(nowNs));
    }

    private long attachedNs(long nowNs) {
      // A reader may have taken its time before the change that it sees.
      return current ? endedNs + Math.max(0, nowNs - sinceNs) : endedNs;
    }
  }

  private final TracepointStateListener listener;
  private final RecordingWatch recording;
  private final Throttle listenerFailures = new Throttle();

  private volatile TracepointState state = TracepointState.UNAVAILABLE;
  private volatile Attachments attachments = new Attachments(0, false, 0, 0);

  /** Since when it is registered and nobody listens, if that is its state. */
  private long registeredSinceNs;

  /**
   * Makes the state of a tracepoint that is not registered.
   *
   * @param recording is told of attachments before the listener
   */
  SessionState(TracepointStateListener listener, RecordingWatch recording) {
    this.listener = listener;
    this.recording = recording;
  }

  /** Any thread. */
  TracepointState get() {
    return state;
  }

  /** Any thread. */
  boolean is(TracepointState other) {
    return state == other;
  }

  /** Any thread: whether it is registered, with a listener or without. */
  boolean isRegistered() {
    TracepointState seen = state;
    return seen == TracepointState.REGISTERED || seen == TracepointState.ATTACHED;
  }

  /** Any thread: how often a listener was seen to attach. */
  long attachments() {
    return attachments.count();
  }

  /** Any thread: for how long listeners have been attached in all, up to the given time. */
  long attachedNs(long nowNs) {
    return attachments.attachedNs(nowNs);
  }

  /** When it was registered, or the last listener detached. */
  long registeredSinceNs() {
    return registeredSinceNs;
  }

  /** Goes to this state and tells the listener, unless it is the state already. */
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
      // Also if there is no memory to count it: others go by the state.
      if (next == TracepointState.REGISTERED) {
        registeredSinceNs = nowNs;
      }
      state = next;
      tell(previous, next);
    }
  }

  /** Tells the listener that somebody has begun to record. */
  void tellRecording() {
    try {
      listener.onRecording();
    } catch (Throwable e) {
      listenerFailed(e);
    }
  }

  /** To be called last: says how often the listener has failed unsaid. */
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
