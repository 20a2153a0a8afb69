// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.syscall.Errno;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracepoint;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * Registers the tracepoint, again and again with growing pauses while that fails, and notices
 * listeners that attach. For the consumer's thread, except {@link #awaitFirstAttempt}.
 */
final class TracepointSession {

  static final long MIN_RETRY_NS = TimeUnit.SECONDS.toNanos(1);
  static final long MAX_RETRY_NS = TimeUnit.SECONDS.toNanos(60);

  private final Tracepoint tracepoint;
  private final Counters counters;
  private final CountDownLatch firstAttempt = new CountDownLatch(1);

  private boolean registered;
  private boolean hopeless;
  private boolean attached;
  private long retryNs = MIN_RETRY_NS;
  private long nextAttemptNs;
  private final Set<String> reported = new HashSet<>();

  TracepointSession(Tracepoint tracepoint, Counters counters) {
    this.tracepoint = tracepoint;
    this.counters = counters;
  }

  /** To be called once, first. */
  void start(long nowNs) {
    try {
      attempt(nowNs);
    } finally {
      firstAttempt.countDown();
    }
    noticeListener();
  }

  /** To be called now and then. */
  void poll(long nowNs) {
    if (!registered && !hopeless && nowNs - nextAttemptNs >= 0) {
      attempt(nowNs);
    }
    noticeListener();
  }

  void close() {
    try {
      tracepoint.close();
    } catch (Throwable e) {
      SafeLog.log(Level.WARNING, "closing tracepoint " + tracepoint.eventName() + " failed", e);
    }
  }

  /** Any thread: waits until registration has been tried. */
  void awaitFirstAttempt(long timeoutNs) {
    try {
      if (!firstAttempt.await(timeoutNs, TimeUnit.NANOSECONDS)) {
        SafeLog.log(
            Level.WARNING,
            "registration of tracepoint "
                + tracepoint.eventName()
                + " has not answered yet; going on without it",
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void noticeListener() {
    boolean enabled = tracepoint.isEnabled();
    if (enabled != attached) {
      attached = enabled;
      if (enabled) {
        counters.attached();
      }
    }
  }

  private void attempt(long nowNs) {
    try {
      String where = tracepoint.register();
      registered = true;
      SafeLog.log(
          Level.INFO, "registered tracepoint " + tracepoint.eventName() + ": " + where, null);
    } catch (RegistrationException e) {
      hopeless = Errno.ENOSYS.number() == e.errno();
      report(String.valueOf(e.getMessage()), e.getCause());
    } catch (Throwable e) {
      report("cannot register tracepoint " + tracepoint.eventName() + ": " + e, e);
    }
    nextAttemptNs = nowNs + retryNs;
    retryNs = Math.min(retryNs * 2, MAX_RETRY_NS);
  }

  /** Once for each different failure: what is retried for ever must not fill the log. */
  private void report(String failure, @Nullable Throwable cause) {
    if (!reported.add(failure)) {
      return;
    }
    String consequence =
        hopeless
            ? "; records are dropped"
            : "; records are dropped until it succeeds, it is tried again every "
                + TimeUnit.NANOSECONDS.toSeconds(MIN_RETRY_NS)
                + " to "
                + TimeUnit.NANOSECONDS.toSeconds(MAX_RETRY_NS)
                + " s";
    SafeLog.log(Level.WARNING, failure + consequence, cause);
  }
}
