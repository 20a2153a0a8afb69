// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.exporter.internal.log.ThrottledLog;
import java.time.Duration;
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
 * The loop of a reader's thread. It checks whether a listener is attached, collects when it is
 * time, and answers flushes. An {@link IdleCollector} makes the collections without a listener.
 *
 * <p>A poll allocates nothing, unless it finds work to do.
 */
final class AttachedCollector implements Runnable {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricReader.class.getName());

  /**
   * How long to wait for a listener to record: longer than perf takes with thousands of processes.
   */
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);

  /** How long flushes wait for the first attempt to register, as a first export does. */
  private static final long REGISTRATION_PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

  /** How long the last collection waits for it; a shutdown waits longer for the thread. */
  private static final Duration LAST_REGISTRATION_WAIT = Duration.ofSeconds(4);

  /**
   * The park on a machine on which no listener can ever attach. Flushes and the end wake the
   * thread.
   */
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

  /** Whether flushes are answered: from before the thread starts until it answers no more. */
  private volatile boolean isAnswering;

  private final Queue<CompletableResultCode> flushes = new ConcurrentLinkedQueue<>();

  private final ThrottledLog failures = new ThrottledLog(LOGGER);

  // Only the thread uses these fields.
  private long startNs;
  private boolean wasAttached;
  private long attachedNs;

  /** The number of the recording that is collected for, 0 if there is none. */
  private long number;

  private long nextNs;
  private CompletableResultCode lastExport = CompletableResultCode.ofSuccess();
  private long selfMetricsNs;

  /**
   * Whether flushes wait: for the first attempt to register, or for a listener to record and then
   * for the delay.
   */
  private boolean isHolding;

  /** The exporter's flush, while an export is under way and a flush waits for its answer. */
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

  /** Sets the source of the metrics. */
  void read(CollectionRegistration registration) {
    this.registration = registration;
  }

  /** Sets the thread that runs this. Call this once, before the thread is started. */
  void startedAs(Thread thread) {
    this.thread = thread;
    isAnswering = true;
  }

  /** Makes the thread collect a last time and end. */
  void stop() {
    isStopped = true;
    // Nothing happens if it is null.
    LockSupport.unpark(thread);
  }

  /** Requests a flush. Never blocks. Any thread may call this at any time. */
  CompletableResultCode flush() {
    if (Thread.currentThread() == thread) {
      // A callback that waited for the flush would wait for itself.
      return SdkVersions.failed(
          new IllegalStateException(
              "forceFlush was called on the reader's own thread, which makes one collection after the"
                  + " other: call it from another thread, not from the callback of an instrument"));
    }
    CompletableResultCode result = new CompletableResultCode();
    flushes.add(result);
    // This is checked after the request was queued; otherwise the thread might end in between
    // and leave the request in the queue.
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
      startNs = System.nanoTime();
      selfMetricsNs = startNs + intervalNs;
      idle.restart(System.nanoTime());
      while (!isStopped) {
        long parkNs = pollPeriodNs;
        try {
          parkNs = pollSafely();
        } catch (Throwable e) {
          // Memory is so short that the failure cannot be described.
        }
        LockSupport.parkNanos(this, parkNs);
        // A callback may have left the interrupt set; parking would then return at once for ever.
        Thread.interrupted();
      }
      collectForTheLastTime();
    } finally {
      isAnswering = false;
      answer(takeFlushes(), CompletableResultCode.ofSuccess());
      // This is for a thread that ends after the exporter was shut down, for which no caller waits.
      completeReports();
    }
  }

  /**
   * Logs the failures that were not logged yet. Any thread may call this: the failure of the last
   * export comes on the thread that completes results, mostly after the reader's thread has ended.
   */
  void completeReports() {
    failures.complete();
  }

  /**
   * Starts the exporter's own metrics, because without a listener no export asks for their
   * provider. It does so once an interval, and not before the first has passed, like exports of a
   * periodic reader, because the application may still be starting.
   */
  private void beginSelfMetrics() {
    long nowNs = System.nanoTime();
    if (nowNs - selfMetricsNs >= 0) {
      selfMetricsNs = nowNs + intervalNs;
      exporter.beginSelfMetrics();
    }
  }

  private long pollSafely() {
    try {
      beginSelfMetrics();
      return poll();
    } catch (Throwable e) {
      failed("the metric reader failed and continues: see the cause", e);
      return pollPeriodNs;
    }
  }

  /** Does the work that is due and returns how long to park. */
  private long poll() {
    // This comes first: a registration that ends now is then seen as attached, or still as pending.
    boolean isPending = exporter.isRegistrationPending();
    boolean attached = exporter.isAttached();
    // This is called even while no listener is attached, so that the next one is watched from the
    // start.
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
      holdFlushes(nowNs, isPending && nowNs - startNs < REGISTRATION_PATIENCE_NS);
      // A listener that may be about to record receives all deltas since the last collection.
      if (!isExpectedToRecord(nowNs)) {
        collectForNobody(nowNs);
      }
      return exporter.isUnsupported() ? unsupportedParkNs() : pollPeriodNs;
    }
    if (!lastExport.isDone()) {
      // A collection would be safe, because an export has encoded all points when it returns. But
      // points that are collected while the ring does not empty may be dropped; until then the SDK
      // sums them up.
      failFlushesThatWaitTooLong();
      return pollPeriodNs;
    }
    underWay = null;
    boolean isDue = nowNs - nextNs >= 0;
    if (isDue || (!isHolding && !flushes.isEmpty())) {
      Collection<MetricData> kept = idle.takeKept();
      if (kept != null) {
        // The collection comes next, once this is written; it is still due.
        lastExport = export(kept);
        return 0;
      }
      isHolding = false;
      // These are taken before the collection, because it may not see measurements of later
      // callers.
      List<CompletableResultCode> asked = takeFlushes();
      if (isDue) {
        // This is a timer of a fixed rate that does not catch up on missed collections.
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
   * Makes flushes wait for the first attempt to register, for a listener that has attached and does
   * not record yet, and then for the delay, because a collection follows anyway. The waits are
   * bounded, because a kernel may hang and some listeners never record.
   */
  private void holdFlushes(long nowNs, boolean isPending) {
    isHolding = !flushes.isEmpty() && (isPending || isExpectedToRecord(nowNs));
    if (!isHolding && !flushes.isEmpty()) {
      answer(takeFlushes(), CompletableResultCode.ofSuccess());
    }
  }

  private boolean isExpectedToRecord(long nowNs) {
    return wasAttached && nowNs - attachedNs < PATIENCE_NS;
  }

  /** Returns how long to park on a machine that cannot have the tracepoint. */
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
      if (exporter.isRegistrationPending()) {
        // A listener may be attached already.
        boolean unused = exporter.awaitRegistration(LAST_REGISTRATION_WAIT);
      }
      // This also happens while an export is under way, or before the listener records, because
      // there is no later collection.
      boolean isNew = !wasAttached || isExpectedToRecord(System.nanoTime());
      boolean isWanted = exporter.isAttached() && (isNew || exporter.recordingNumber() != 0);
      if (!isWanted) {
        idle.discardKept();
        answer(asked, CompletableResultCode.ofSuccess());
        return;
      }
      Collection<MetricData> kept = idle.takeKept();
      if (kept != null) {
        // The flush that answers the caller also waits for this export.
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
      // This also catches errors: while the application continues, its metrics are still read.
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
    result.whenComplete(new ExportEnd(result, failures));
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
    // The flush is awaited first, because unlike an export it has a time limit.
    CompletableResultCode flushed = flushExporter();
    flushed.whenComplete(new Answer(asked, flushed, exported));
  }

  /**
   * Fails flushes that have waited for too long. An export that is held up has no time limit, but a
   * flush has one.
   */
  private void failFlushesThatWaitTooLong() {
    CompletableResultCode flushed = underWay;
    if (flushed == null) {
      underWay = flushes.isEmpty() ? null : flushExporter();
    } else if (flushed.isDone()) {
      underWay = null;
      if (!flushed.isSuccess()) {
        completeAll(takeFlushes(), flushed);
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

  private static void completeAll(List<CompletableResultCode> results, CompletableResultCode like) {
    for (CompletableResultCode result : results) {
      complete(result, like);
    }
  }

  /**
   * Completes the result in the same way as another one. Code that is attached to the result may
   * throw, which must not affect other results.
   */
  static void complete(CompletableResultCode result, CompletableResultCode like) {
    try {
      if (like.isSuccess()) {
        result.succeed();
      } else {
        SdkVersions.fail(result, cause(like));
      }
    } catch (Throwable e) {
      warn("code that the application attached to a result failed: correct it", e);
    }
  }

  /** Returns the cause of a failure, or null if it has none. */
  private static @Nullable Throwable cause(CompletableResultCode failure) {
    return SdkVersions.cause(failure);
  }

  static void warn(String message, @Nullable Throwable cause) {
    ThrottledLog.log(LOGGER, Level.WARNING, message, cause);
  }

  // The JVM would link a lambda at its first use. If memory is short then, all later uses fail.

  /** Logs that an export has failed, when it has ended. */
  private record ExportEnd(CompletableResultCode result, ThrottledLog failures)
      implements Runnable {

    @Override
    public void run() {
      if (!result.isSuccess()) {
        failures.warn(
            "metrics were collected, but not all of them exported: the exporter's statistics say"
                + " how many points are lost and why, the cause names the first",
            cause(result));
      }
    }
  }

  /** Completes flushes when the exporter is flushed, and then the export has ended. */
  private static final class Answer implements Runnable {

    private final List<CompletableResultCode> asked;
    private final CompletableResultCode flushed;
    private final CompletableResultCode exported;

    /** The result that the flushes get; null until the exporter is flushed. */
    private @Nullable CompletableResultCode outcome;

    Answer(
        List<CompletableResultCode> asked,
        CompletableResultCode flushed,
        CompletableResultCode exported) {
      this.asked = asked;
      this.flushed = flushed;
      this.exported = exported;
    }

    @Override
    public void run() {
      CompletableResultCode known = outcome;
      if (known == null) {
        known = flushed.isSuccess() ? exported : flushed;
        outcome = known;
        known.whenComplete(this);
      } else {
        completeAll(asked, known);
      }
    }
  }
}
