// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.pipeline.RecordPipeline;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MetricReader} that collects metrics for a {@link UserEventsMetricExporter} only while a
 * listener is attached. Use it instead of a {@code PeriodicMetricReader}, which also collects
 * without a listener.
 *
 * <p>A listener attaches first and records some time later; perf needs tens of milliseconds. The
 * reader collects only for a listener that records. It notices the recording within the {@linkplain
 * UserEventsMetricReaderBuilder#setPollPeriod poll period}, collects after a {@linkplain
 * UserEventsMetricReaderBuilder#setAttachDelay short delay}, and from then on once every
 * {@linkplain UserEventsMetricReaderBuilder#setInterval interval}. It collects nothing for a
 * listener that does not record the events of this process, such as {@code perf record -p} of
 * another process; see {@link RecordPipeline#recordingNumber}.
 *
 * <p>While no listener is attached, deltas accumulate in the SDK, so the first collection after an
 * attachment covers the time since the last collection. Every few minutes ({@linkplain
 * UserEventsMetricReaderBuilder#setIdleCollectionInterval idle collection interval}) the reader
 * makes a collection without a listener, which runs the callbacks of observable instruments, and
 * discards the points. Otherwise ended series would use up the SDK's cardinality limit, and a
 * listener would receive mostly these. {@link ExporterStatistics#discardedPoints} counts the
 * points. Between these collections no callback runs and nothing is allocated.
 *
 * <p>The kernel says whether a listener is attached, but not how many. A second listener does not
 * cause another collection, nor does one that replaces another between two polls. If a listener
 * detaches before the points that were collected for it are written, each point is counted as
 * {@link io.userevents.pipeline.Outcome#DROPPED_DETACHED}.
 *
 * <p>All collections run on one daemon thread of the reader, one after the other. Register the
 * reader with {@link SdkMeterProviderBuilder#registerMetricReader(MetricReader)} of one provider.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public sealed class UserEventsMetricReader implements MetricReader permits AutoConfiguredReader {

  private static final String THREAD_NAME = "user-events-reader";

  /**
   * The longest wait for a callback that hangs, as long as that of {@code PeriodicMetricReader}.
   */
  private static final long SHUTDOWN_LIMIT_MS = TimeUnit.SECONDS.toMillis(5);

  private final UserEventsMetricExporter exporter;
  private final long intervalNs;
  private final long attachDelayNs;
  private final long pollPeriodNs;
  private final long idleCollectionIntervalNs;
  private final AttachedCollector collector;
  private final Object lock = new Object();

  /** The thread, once the reader is registered. The lock guards this field and the next. */
  private @Nullable Thread thread;

  private @Nullable CompletableResultCode shutdownResult;

  UserEventsMetricReader(
      UserEventsMetricExporter exporter,
      long intervalNs,
      long attachDelayNs,
      long pollPeriodNs,
      long idleCollectionIntervalNs) {
    this.exporter = exporter;
    this.intervalNs = intervalNs;
    this.attachDelayNs = attachDelayNs;
    this.pollPeriodNs = pollPeriodNs;
    this.idleCollectionIntervalNs = idleCollectionIntervalNs;
    collector =
        new AttachedCollector(
            exporter, intervalNs, attachDelayNs, pollPeriodNs, idleCollectionIntervalNs);
  }

  /**
   * Returns a new reader with the default settings.
   *
   * @param exporter exporter that the reader takes over, see {@link #builder}
   * @return the reader
   */
  public static UserEventsMetricReader create(UserEventsMetricExporter exporter) {
    return builder(exporter).build();
  }

  /**
   * Returns a builder with the default settings.
   *
   * @param exporter exporter that the reader takes over. The provider that the reader is registered
   *     with shuts the reader down, and the reader shuts the exporter down, which closes the
   *     exporter's own pipeline. A pipeline that was set in the exporter stays open. If the reader
   *     is never registered, you must shut the exporter down
   * @return the builder
   */
  public static UserEventsMetricReaderBuilder builder(UserEventsMetricExporter exporter) {
    return new UserEventsMetricReaderBuilder(requireNonNull(exporter, "exporter"));
  }

  /**
   * Returns a builder with the settings and the exporter of this reader, for a reader that replaces
   * this one. For example, an {@code addMetricReaderCustomizer} of the SDK's autoconfiguration may
   * change settings of the properties. Register only one of the two. Both have the same exporter,
   * and the first that is shut down shuts it down. You need not shut down a reader that was never
   * registered.
   *
   * @return the builder
   */
  public UserEventsMetricReaderBuilder toBuilder() {
    return new UserEventsMetricReaderBuilder(
        exporter, intervalNs, attachDelayNs, pollPeriodNs, idleCollectionIntervalNs);
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
    return exporter.getAggregationTemporality(instrumentType);
  }

  @Override
  public Aggregation getDefaultAggregation(InstrumentType instrumentType) {
    return exporter.getDefaultAggregation(instrumentType);
  }

  @Override
  public MemoryMode getMemoryMode() {
    return exporter.getMemoryMode();
  }

  /**
   * Starts the thread. The SDK calls this. If a listener is already attached, this counts as an
   * attachment. A second call replaces the source of the first.
   */
  @Override
  public void register(CollectionRegistration registration) {
    collector.read(requireNonNull(registration, "registration"));
    synchronized (lock) {
      if (thread != null || shutdownResult != null) {
        return;
      }
      Thread made = new Thread(collector, THREAD_NAME);
      made.setDaemon(true);
      // The caller's class loader could otherwise not be unloaded.
      made.setContextClassLoader(null);
      collector.startedAs(made);
      made.start();
      thread = made;
    }
  }

  /**
   * Makes the reader's thread collect and export once more if a listener is attached, and flushes
   * the exporter. Without a listener there is no collection: its deltas would be lost, and instead
   * they are kept for the next listener. There is no collection before registration and after
   * shutdown either. Until the exporter has tried to register its tracepoint, for 10 s at most, a
   * flush waits. In the first 5 s of a listener that does not record yet, the collection is made
   * when it does; later there is none. The method never blocks. Calls that come during a collection
   * share the next one.
   *
   * @return a result that succeeds when the collected points are written. It fails, with the
   *     exporter's cause, if a point was dropped for a reason other than that the listener has
   *     detached, or if the points are not written within the {@linkplain
   *     UserEventsMetricExporter#flush 10 s of a flush}. The flush first waits for points that were
   *     collected before, for as long. The result fails at once, without a collection, if a
   *     callback of an instrument calls this method. While a callback or the exporter's thread
   *     hangs, it does not complete; set your own time-out for this case
   */
  @Override
  public CompletableResultCode forceFlush() {
    return collector.flush();
  }

  /**
   * Ends the thread and shuts the exporter down. Before that it makes a last collection if a
   * listener is attached that records or may be about to. The method waits 5 s at most for a
   * running collection and the last one. If a callback of an instrument calls the method, it does
   * not wait, and there is no last collection.
   *
   * @return a result that succeeds when the {@linkplain UserEventsMetricExporter#shutdown exporter
   *     is shut down}, and fails if that fails; every call returns the same
   */
  @Override
  public CompletableResultCode shutdown() {
    CompletableResultCode result;
    Thread collecting;
    synchronized (lock) {
      if (shutdownResult != null) {
        return shutdownResult;
      }
      result = new CompletableResultCode();
      shutdownResult = result;
      collecting = thread;
    }
    collector.stop();
    if (collecting != null && collecting != Thread.currentThread()) {
      awaitEnd(collecting);
    }
    CompletableResultCode exporterResult = exporter.shutdown();
    exporterResult.whenComplete(new ShutdownEnd(collector, exporterResult, result));
    return result;
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "UserEventsMetricReader{", "}");
    joiner.add("exporter=" + exporter);
    joiner.add("intervalNanos=" + intervalNs);
    joiner.add("attachDelayNanos=" + attachDelayNs);
    joiner.add("pollPeriodNanos=" + pollPeriodNs);
    joiner.add("idleCollectionIntervalNanos=" + idleCollectionIntervalNs);
    return joiner.toString();
  }

  private static void awaitEnd(Thread collecting) {
    try {
      collecting.join(SHUTDOWN_LIMIT_MS);
      if (collecting.isAlive()) {
        AttachedCollector.warn(
            "a collection has not ended after "
                + SHUTDOWN_LIMIT_MS
                + " ms; the exporter is shut down without it: a callback of an observable"
                + " instrument may hang",
            null);
      }
    } catch (InterruptedException e) {
      // The exporter is shut down even for an interrupted caller, so the tracepoint is
      // unregistered.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Completes the reader's shutdown when that of its exporter is complete. The JVM would link a
   * lambda at its first use. If memory is short then, all later uses fail.
   */
  private record ShutdownEnd(
      AttachedCollector collector,
      CompletableResultCode exporterResult,
      CompletableResultCode result)
      implements Runnable {

    @Override
    public void run() {
      try {
        // The results of all exports are included, because the exporter completes its shutdown
        // after them.
        collector.completeReports();
      } finally {
        AttachedCollector.complete(result, exporterResult);
      }
    }
  }
}
