// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/**
 * Tells a listener that records from one that has only attached, once the application needs to
 * know. Only the consumer's thread uses it, except where a method says otherwise.
 *
 * <p>Each check is a system call that triggers of ftrace may see; therefore checks have periods.
 */
final class RecordingWatch {

  /** The period of checks from the first check of a listener on. */
  static final long FIRST_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /** The time until which {@link #FIRST_PERIOD_NS} holds. */
  static final long SOON_NS = TimeUnit.MILLISECONDS.toNanos(200);

  static final long NEXT_PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /**
   * The time after which a listener counts as one that may never record; the log says so once. perf
   * reads all processes of the machine before it records, which takes some 0.1 s for 2000 of them.
   */
  static final long LATE_NS = TimeUnit.SECONDS.toNanos(5);

  /**
   * The period of checks of such a listener, and of one that records, because it may stop recording
   * while it stays attached.
   */
  static final long LAST_PERIOD_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long NONE = 0;

  private final Tracepoint tracepoint;
  private final Throttle failures = new Throttle();
  private volatile boolean wanted;
  private boolean isAttached;

  /** Whether the attached listener was checked, and since when. */
  private boolean isLookedAt;

  private long firstLookNs;

  /** Whether the listener has recorded while it was attached. */
  private boolean hasRecorded;

  private long nextNs;
  private long recordings;
  private boolean unseenLogged;
  private volatile long number = NONE;

  RecordingWatch(Tracepoint tracepoint) {
    this.tracepoint = tracepoint;
  }

  /** Notes that a listener has attached. */
  void attached() {
    isAttached = true;
    isLookedAt = false;
    hasRecorded = false;
  }

  /** Notes that the listener has detached. */
  void detached() {
    isAttached = false;
    number = NONE;
  }

  /**
   * Checks the listener if it is time. Returns true once each time that a listener begins to
   * record.
   */
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

  /** Reports how many failures of the tracepoint were not logged. Call this last. */
  void completeReports() {
    failures.complete();
  }

  /** Notes that the application needs to know from now on. Any thread may call this. */
  void want() {
    if (!wanted) {
      wanted = true;
    }
  }

  /** Returns whether the application needs to know. Any thread may call this. */
  boolean isWanted() {
    return wanted;
  }

  /**
   * Returns how often a listener has begun to record, including the one that records now; 0 while
   * none records. Any thread may call this.
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
        + ", but has not recorded the events of this process for "
        + TimeUnit.NANOSECONDS.toSeconds(LATE_NS)
        + " s; metrics are not collected for it until it does; if it should, let it record all CPUs"
        + " and processes (perf record -a, without -C, -p and --delay; tracing_on = 1 and no"
        + " set_event_pid for ftrace) (not logged again)";
  }
}
