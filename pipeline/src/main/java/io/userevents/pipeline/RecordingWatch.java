// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Tells a listener that records from one that has only attached. For the consumer's thread, except
 * where a method says otherwise.
 */
final class RecordingWatch {

  /** Between two looks, each of which is a system call. */
  static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * A listener that is not seen to record for so long is taken for one that does, but cannot be
   * seen to: it is on another CPU only, for example. perf reads all processes of the machine before
   * it records, which takes some 0.1 s for 2000 of them.
   */
  static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long NONE = 0;

  private final Tracepoint tracepoint;

  /** The one that is watched, {@link #NONE} if there is none or it records. */
  private long waiting;

  private long attachedNs;
  private long nextNs;
  private boolean unseenLogged;
  private volatile long attachment;

  RecordingWatch(Tracepoint tracepoint) {
    this.tracepoint = tracepoint;
  }

  /** To be called when a listener has attached. */
  void attached(long number, long nowNs) {
    waiting = number;
    attachedNs = nowNs;
    nextNs = nowNs;
  }

  /** To be called when it has detached. */
  void detached() {
    waiting = NONE;
    attachment = NONE;
  }

  /**
   * To be called now and then. Returns true once for each attachment, when its listener records.
   */
  boolean poll(long nowNs) {
    if (waiting == NONE || nowNs - nextNs < 0) {
      return false;
    }
    nextNs = nowNs + PERIOD_NS;
    boolean seen = isRecording();
    if (!seen && nowNs - attachedNs < LIMIT_NS) {
      return false;
    }
    attachment = waiting;
    waiting = NONE;
    if (!seen && !unseenLogged) {
      unseenLogged = true;
      SafeLog.log(Level.INFO, unseen(), null);
    }
    return true;
  }

  /**
   * Any thread: the number of the attachment, from 1, whose listener records; 0 while none does.
   */
  long attachment() {
    return attachment;
  }

  private boolean isRecording() {
    try {
      return tracepoint.isRecording();
    } catch (Throwable e) {
      SafeLog.log(
          Level.WARNING,
          "tracepoint "
              + tracepoint.eventName()
              + " failed to say whether a listener records, which is taken for yes: mend its"
              + " isRecording, which is not to throw",
          e);
      return true;
    }
  }

  private String unseen() {
    return "a listener is attached to tracepoint "
        + tracepoint.eventName()
        + ", but was not seen to record what this process writes within "
        + TimeUnit.NANOSECONDS.toSeconds(LIMIT_NS)
        + " s; from now on it is taken to; if it receives nothing: have it record all CPUs and"
        + " processes (perf record -a, without -C and -p; tracing_on = 1 and no set_event_pid for"
        + " ftrace) (not logged again)";
  }
}
