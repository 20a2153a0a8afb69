// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Tells a listener that records from one that has only attached, once somebody wants to know. For
 * the consumer's thread, except where a method says otherwise.
 */
final class RecordingWatch {

  /** From here on looks are rare, as each is a system call that triggers of ftrace may see. */
  static final long SOON_NS = TimeUnit.MILLISECONDS.toNanos(200);

  /**
   * From here on they are rarer still, and it is said once that the listener does not record. perf
   * reads all processes of the machine before it does, which takes some 0.1 s for 2000 of them.
   */
  static final long LATE_NS = TimeUnit.SECONDS.toNanos(5);

  /** Between two looks: at first, from {@link #SOON_NS} and from {@link #LATE_NS} on. */
  static final long FIRST_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(1);

  static final long NEXT_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(10);
  static final long LAST_PERIOD_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long NONE = 0;

  private final Tracepoint tracepoint;
  private volatile boolean wanted;

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
    if (!wanted || waiting == NONE || nowNs - nextNs < 0) {
      return false;
    }
    if (isRecording()) {
      attachment = waiting;
      waiting = NONE;
      return true;
    }
    long waitedNs = nowNs - attachedNs;
    nextNs = nowNs + periodNs(waitedNs);
    if (waitedNs >= LATE_NS && !unseenLogged) {
      unseenLogged = true;
      SafeLog.log(Level.INFO, unseen(), null);
    }
    return false;
  }

  /** Any thread: from now on somebody wants to know. */
  void want() {
    if (!wanted) {
      wanted = true;
    }
  }

  /**
   * Any thread: the number of the attachment, from 1, whose listener was seen to record; 0 while
   * there is none.
   */
  long attachment() {
    return attachment;
  }

  private static long periodNs(long waitedNs) {
    if (waitedNs < SOON_NS) {
      return FIRST_PERIOD_NS;
    }
    return waitedNs < LATE_NS ? NEXT_PERIOD_NS : LAST_PERIOD_NS;
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
        + ", but has not recorded what this process writes for "
        + TimeUnit.NANOSECONDS.toSeconds(LATE_NS)
        + " s; what waits for it to record goes on waiting; if it should: have it record all CPUs"
        + " and processes (perf record -a, without -C, -p and --delay; tracing_on = 1 and no"
        + " set_event_pid for ftrace) (not logged again)";
  }
}
