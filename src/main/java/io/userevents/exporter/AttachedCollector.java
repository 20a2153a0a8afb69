// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.exporter.internal.log.ThrottledLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a reader's thread: looks whether a listener is attached, collects when it is time to,
 * and answers flushes. An {@link IdleCollector} does the collections that nobody listens to.
 *
 * <p>A poll allocates nothing, unless it finds something to do.
 */
final class AttachedCollector implements Runnable {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricReader.class.getName());

  /** Longer than perf takes to record on machines with thousands of processes. */
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);

  /** Where nobody can ever attach. Flushes and the end wake the thread. */
  private static final long UNSUPPORTED_PARK_NS = TimeUnit.MINUTES.toNanos(1);

  private static final String NOT_COLLECTED =
      "metrics could not be collected: correct the callback or view that the cause names";

  private static final String NOT_COLLECTED_FOR_NOBODY =
      "metrics could not be collected while nobody listens, and deltas that the collection had taken"
          + " before it failed are lost, which discardedCollections counts: correct the callback,"
          + " view or producer that the cause names";

  private final UserEventsMetricExporter exporter;
  private final long intervalNs;
  private final long attachDelayNs;
  private final long pollPeriodNs;
  private final IdleCollector idle;

  private volatile CollectionRegistration registration = CollectionRegistration.noop();
  private volatile @Nullable Thread thread;
  private volatile boolean isStopped;

  /** From before the thread starts until it answers no more flushes. */
  private volatile boolean isAnswering;

  private final Queue<CompletableResultCode> flushes = new ConcurrentLinkedQueue<>();

  private final ThrottledLog failures = new ThrottledLog(LOGGER);

  // Of the thread.
  private boolean wasAttached;
  private long attachedNs;

  /** Of the recording that is collected for, 0 if there is none. */
  private long number;

  private long nextNs;
  private CompletableResultCode lastExport = CompletableResultCode.ofSuccess();
  private long selfMetricsNs;

  /** Whether flushes wait for a listener to record, and then for the delay. */
  private boolean isHolding;

  /** The exporter's flush, while an export is under way and somebody waits to be answered. */
  private @Nullable CompletableResultCode underWay;

  AttachedCollector(
      UserEventsMetricExporter exporter,
      long intervalNs,
      long attachDelayNs,
      long pollPeriodNs,
      long idleCollectionIntervalNs) {
    this.exporter = exporter;
    this.intervalNs = intervalNs;
    this.attachDelayNs = attachDelayNs;
    this.pollPeriodNs = pollPeriodNs;
    idle = new IdleCollector(exporter, idleCollectionIntervalNs);
  }

  /** Says what is collected from. */
  void read(CollectionRegistration registration) {
    this.registration = registration;
  }

  /** To be called once, before the thread that runs this is started. */
  void startedAs(Thread thread) {
    this.thread = thread;
    isAnswering = true;
  }

  /** Asks the thread for its last collection and its end. */
  void stop() {
    isStopped = true;
    // Nothing happens if it is null.
    LockSupport.unpark(thread);
  }

  /** Never blocks. May be called by any thread at any time. */
  CompletableResultCode flush() {
    if (Thread.currentThread() == thread) {
      // Who waited for it would wait for himself.
      return SdkVersions.failed(
          new IllegalStateException(
              "forceFlush was called on the reader's own thread, which collects one time after the"
                  + " other: call it from another one, not from the callback of an instrument"));
    }
    CompletableResultCode result = new CompletableResultCode();
    flushes.add(result);
    // Asked after the request was queued: else the thread might end in between and leave it there.
    if (isAnswering) {
      LockSupport.unpark(thread);
    } else {
      answer(takeFlushes(), CompletableResultCode.ofSuccess());
    }
    return result;
  }

  @Override
  public void run() {
    try {
      selfMetricsNs = System.nanoTime() + intervalNs;
      idle.restart(System.nanoTime());
      while (!isStopped) {
        long parkNs = pollPeriodNs;
        beginSelfMetrics();
        try {
          parkNs = poll();
        } catch (Throwable e) {
          failed("the metric reader failed and goes on: the cause says at what", e);
        }
        LockSupport.parkNanos(this, parkNs);
        // A callback may have left it set, and parking would return at once from then on.
        Thread.interrupted();
      }
      collectForTheLastTime();
    } finally {
      isAnswering = false;
      answer(takeFlushes(), CompletableResultCode.ofSuccess());
      // For a thread that ends after the exporter was shut down, which nobody waits for.
      completeReports();
    }
  }

  /**
   * Logs the failures that no line has told of yet. Any thread: the last export's failure comes on
   * the one that completes results, mostly after the reader's has ended.
   */
  void completeReports() {
    failures.complete();
  }

  /**
   * While nobody listens no export asks for their provider. Once an interval, and not before the
   * first has passed, as exports of a periodic reader would: the application may still be starting.
   */
  private void beginSelfMetrics() {
    long nowNs = System.nanoTime();
    if (nowNs - selfMetricsNs >= 0) {
      selfMetricsNs = nowNs + intervalNs;
      exporter.beginSelfMetrics();
    }
  }

  /** Does what is to be done now; returns how long to park. */
  private long poll() {
    boolean attached = exporter.isAttached();
    // Asked also while nobody is attached, so that the next one is watched from the beginning.
    long seen = exporter.recordingNumber();
    long recording = attached ? seen : 0;
    long nowNs = System.nanoTime();
    if (attached && !wasAttached) {
      attachedNs = nowNs;
    }
    wasAttached = attached;
    if (recording != number) {
      number = recording;
      nextNs = nowNs + attachDelayNs;
    }
    if (recording == 0) {
      holdFlushes(nowNs);
      // A listener that may be about to record gets all since the last collection.
      if (!isExpectedToRecord(nowNs)) {
        collectForNobody(nowNs);
      }
      return exporter.isUnsupported() ? unsupportedParkNs() : pollPeriodNs;
    }
    if (!lastExport.isDone()) {
      // It would be safe, since an export has encoded all when it returns. But what is collected
      // while the ring does not empty may be dropped; until then the SDK sums it up.
      failFlushesThatWaitTooLong();
      return pollPeriodNs;
    }
    underWay = null;
    boolean isDue = nowNs - nextNs >= 0;
    if (isDue || (!isHolding && !flushes.isEmpty())) {
      Collection<MetricData> kept = idle.takeKept();
      if (kept != null) {
        // Collecting comes next, once it is written: it is due still.
        lastExport = export(kept);
        return 0;
      }
      isHolding = false;
      // Taken before collecting: who asks later has recorded what this collection may not see.
      List<CompletableResultCode> asked = takeFlushes();
      if (isDue) {
        // Like a timer of a fixed rate, but one that does not catch up on what it has missed.
        nextNs += intervalNs;
        if (nextNs - nowNs <= 0) {
          nextNs = nowNs + intervalNs;
        }
      }
      lastExport = collect();
      answer(asked, lastExport);
    }
    return Math.min(pollPeriodNs, Math.max(0, nextNs - System.nanoTime()));
  }

  /**
   * A flush waits for a listener that has attached and does not record yet, and then for the delay,
   * since a collection is made in any case. Some listeners never record.
   */
  private void holdFlushes(long nowNs) {
    isHolding = isExpectedToRecord(nowNs) && !flushes.isEmpty();
    if (!isHolding && !flushes.isEmpty()) {
      answer(takeFlushes(), CompletableResultCode.ofSuccess());
    }
  }

  private boolean isExpectedToRecord(long nowNs) {
    return wasAttached && nowNs - attachedNs < PATIENCE_NS;
  }

  /** There is nothing to look for on this machine. */
  private long unsupportedParkNs() {
    long nowNs = System.nanoTime();
    long untilDueNs = Math.min(selfMetricsNs - nowNs, idle.untilDueNs(nowNs));
    return Math.max(pollPeriodNs, Math.min(UNSUPPORTED_PARK_NS, untilDueNs));
  }

  private void collectForNobody(long nowNs) {
    idle.discardKept();
    if (idle.isDue(nowNs)) {
      try {
        idle.collect(registration, wasAttached, nowNs);
      } catch (Throwable e) {
        failed(NOT_COLLECTED_FOR_NOBODY, e);
      }
    }
  }

  private void collectForTheLastTime() {
    try {
      List<CompletableResultCode> asked = takeFlushes();
      // Also while an export is under way, or before the listener records: there is no later.
      boolean isNew = !wasAttached || isExpectedToRecord(System.nanoTime());
      boolean isWanted = exporter.isAttached() && (isNew || exporter.recordingNumber() != 0);
      if (!isWanted) {
        idle.discardKept();
        answer(asked, CompletableResultCode.ofSuccess());
        return;
      }
      Collection<MetricData> kept = idle.takeKept();
      if (kept != null) {
        // The flush that comes with the answer waits for it as well.
        export(kept);
      }
      answer(asked, collect());
    } catch (Throwable e) {
      failed("the last collection failed: correct what the cause names", e);
    }
  }

  private CompletableResultCode collect() {
    try {
      idle.restart(System.nanoTime());
      return export(registration.collectAllMetrics());
    } catch (Throwable e) {
      // Also errors: an application that runs on has its metrics read on.
      failed(NOT_COLLECTED, e);
      return SdkVersions.failed(e);
    }
  }

  private CompletableResultCode export(Collection<MetricData> metrics) {
    if (metrics.isEmpty()) {
      return CompletableResultCode.ofSuccess();
    }
    CompletableResultCode result;
    try {
      result = exporter.exportCollected(metrics);
    } catch (Throwable e) {
      failed(NOT_COLLECTED, e);
      return SdkVersions.failed(e);
    }
    result.whenComplete(
        () -> {
          if (!result.isSuccess()) {
            failed(
                "metrics were collected, but not all of them exported: the exporter's statistics say"
                    + " how many points are lost and why, the cause names the first",
                cause(result));
          }
        });
    return result;
  }

  private List<CompletableResultCode> takeFlushes() {
    if (flushes.isEmpty()) {
      return List.of();
    }
    List<CompletableResultCode> taken = new ArrayList<>();
    for (var flush = flushes.poll(); flush != null; flush = flushes.poll()) {
      taken.add(flush);
    }
    return taken;
  }

  private void answer(List<CompletableResultCode> asked, CompletableResultCode exported) {
    if (asked.isEmpty()) {
      return;
    }
    // Waited for first: unlike an export, a flush has a time limit.
    CompletableResultCode flushed = flushExporter();
    flushed.whenComplete(
        () -> {
          CompletableResultCode outcome = flushed.isSuccess() ? exported : flushed;
          outcome.whenComplete(() -> asked.forEach(flush -> complete(flush, outcome)));
        });
  }

  /** An export that is held up has no time limit, but those who wait to be answered have. */
  private void failFlushesThatWaitTooLong() {
    CompletableResultCode flushed = underWay;
    if (flushed == null) {
      underWay = flushes.isEmpty() ? null : flushExporter();
    } else if (flushed.isDone()) {
      underWay = null;
      if (!flushed.isSuccess()) {
        takeFlushes().forEach(flush -> complete(flush, flushed));
      }
    }
  }

  private CompletableResultCode flushExporter() {
    try {
      return exporter.flush();
    } catch (Throwable e) {
      return SdkVersions.failed(e);
    }
  }

  private void failed(String message, @Nullable Throwable cause) {
    failures.warn(message, cause);
  }

  /**
   * Completes it like the other. What is attached to it may throw, which is not the others' fault.
   */
  static void complete(CompletableResultCode result, CompletableResultCode like) {
    try {
      if (like.isSuccess()) {
        result.succeed();
      } else {
        SdkVersions.fail(result, cause(like));
      }
    } catch (Throwable e) {
      warn("what the application attached to a result failed: correct it", e);
    }
  }

  /** Null if it says none. */
  private static @Nullable Throwable cause(CompletableResultCode failure) {
    return SdkVersions.cause(failure);
  }

  static void warn(String message, @Nullable Throwable cause) {
    ThrottledLog.log(LOGGER, Level.WARNING, message, cause);
  }
}
