// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Tells a listener that records from one that has only attached, once somebody wants to know. For
 * the consumer's thread, except where a method says otherwise.
 *
 * <p>Each look is a system call that triggers of ftrace may see, hence the periods.
 */
final class RecordingWatch {

  /** From the first look at a listener on. */
  static final long FIRST_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Until then. */
  static final long SOON_NS = TimeUnit.MILLISECONDS.toNanos(200);

  static final long NEXT_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /**
   * From then on it is taken for one that may never record, which is said once. perf reads all
   * processes of the machine before it does, which takes some 0.1 s for 2000 of them.
   */
  static final long LATE_NS = TimeUnit.SECONDS.toNanos(5);

  /** For such a listener, and for one that records, which may end while it stays attached. */
  static final long LAST_PERIOD_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long NONE = 0;

  private final Tracepoint tracepoint;
  private final Throttle failures = new Throttle();
  private volatile boolean wanted;
  private boolean isAttached;

  /** Whether the listener that is attached has been looked at, and since when. */
  private boolean isLookedAt;

  private long firstLookNs;

  /** While it was attached. */
  private boolean hasRecorded;

  private long nextNs;
  private long recordings;
  private boolean unseenLogged;
  private volatile long number = NONE;

  RecordingWatch(Tracepoint tracepoint) {
    this.tracepoint = tracepoint;
  }

  /** To be called when a listener has attached. */
  void attached() {
    isAttached = true;
    isLookedAt = false;
    hasRecorded = false;
  }

  /** To be called when it has detached. */
  void detached() {
    isAttached = false;
    number = NONE;
  }

  /** To be called now and then. Returns true once each time that somebody begins to record. */
  boolean poll(long nowNs) {
    if (!wanted || !isAttached) {
      return false;
    }
    if (!isLookedAt) {
      isLookedAt = true;
      firstLookNs = nowNs;
    } else if (nowNs - nextNs < 0) {
      return false;
    }
    boolean isRecording = isRecording();
    hasRecorded |= isRecording;
    boolean begins = isRecording && number == NONE;
    if (begins) {
      recordings++;
      number = recordings;
    } else if (!isRecording) {
      number = NONE;
    }
    long lookedForNs = nowNs - firstLookNs;
    nextNs = nowNs + (isRecording ? LAST_PERIOD_NS : periodNs(lookedForNs));
    if (!hasRecorded && lookedForNs >= LATE_NS && !unseenLogged) {
      unseenLogged = true;
      SafeLog.log(Level.INFO, unseen(), null);
    }
    return begins;
  }

  /** To be called last: says how often the tracepoint has failed unsaid. */
  void completeReports() {
    failures.complete();
  }

  /** Any thread: from now on somebody wants to know. */
  void want() {
    if (!wanted) {
      wanted = true;
    }
  }

  /** Any thread: whether somebody wants to know. */
  boolean isWanted() {
    return wanted;
  }

  /**
   * Any thread: how often somebody has begun to record, with the one who does now; 0 while nobody
   * does.
   */
  long number() {
    return number;
  }

  private static long periodNs(long lookedForNs) {
    if (lookedForNs < SOON_NS) {
      return FIRST_PERIOD_NS;
    }
    return lookedForNs < LATE_NS ? NEXT_PERIOD_NS : LAST_PERIOD_NS;
  }

  private boolean isRecording() {
    try {
      return tracepoint.isRecording();
    } catch (Throwable e) {
      failures.log(
          Level.WARNING,
          "tracepoint "
              + tracepoint.eventName()
              + " failed to say whether a listener records, which is taken for yes: correct"
              + " its isRecording, which must not throw",
          e);
      return true;
    }
  }

  private String unseen() {
    return "a listener is attached to tracepoint "
        + tracepoint.eventName()
        + ", but has not recorded what this process writes for "
        + TimeUnit.NANOSECONDS.toSeconds(LATE_NS)
        + " s; metrics are not collected for it until it does; if it should: have it record all CPUs"
        + " and processes (perf record -a, without -C, -p and --delay; tracing_on = 1 and no"
        + " set_event_pid for ftrace) (not logged again)";
  }
}
