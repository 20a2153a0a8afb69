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
 * Collects metrics for a {@link UserEventsMetricExporter} while a listener is attached, and only
 * then: in place of a {@code PeriodicMetricReader}, which collects for nobody as well.
 *
 * <p>A listener attaches, and some time later it records: perf after tens of milliseconds. Only
 * then is there something to collect for. The reader notices it within the {@linkplain
 * UserEventsMetricReaderBuilder#setPollPeriod poll period}, collects a {@linkplain
 * UserEventsMetricReaderBuilder#setAttachDelay short delay} later, and once every {@linkplain
 * UserEventsMetricReaderBuilder#setInterval interval} from then on. For a listener that does not
 * record what this process writes, such as {@code perf record -p} of another one, nothing is
 * collected; see {@link RecordPipeline#recordingNumber}.
 *
 * <p>While nobody listens, deltas accumulate in the SDK, so the first collection after an
 * attachment covers the time since the last collection. Every few minutes ({@linkplain
 * UserEventsMetricReaderBuilder#setIdleCollectionInterval idle collection interval}) the reader
 * collects for nobody, runs the callbacks of observable instruments for it, and discards the
 * points: otherwise series that have ended would use up the SDK's cardinality limit, and a listener
 * would get little but these. {@link ExporterStatistics#discardedPoints} counts them. Between these
 * collections no callback runs and nothing is allocated.
 *
 * <p>The kernel says whether anybody listens, not how many: a second listener does not bring about
 * a collection of its own, nor does one that takes the place of another between two polls. What was
 * collected for a listener that detaches before it is written is counted as {@link
 * io.userevents.pipeline.Outcome#DROPPED_DETACHED}, point by point.
 *
 * <p>All collections run on one daemon thread of the reader's own, never two at a time. Register
 * with {@link SdkMeterProviderBuilder#registerMetricReader(MetricReader)}, with one provider.
 *
 * <p>Thread-safe.
 */
public sealed class UserEventsMetricReader implements MetricReader permits AutoConfiguredReader {

  private static final String THREAD_NAME = "user-events-reader";

  /** For a callback that hangs; as long as {@code PeriodicMetricReader} waits. */
  private static final long SHUTDOWN_LIMIT_MS = TimeUnit.SECONDS.toMillis(5);

  private final UserEventsMetricExporter exporter;
  private final long intervalNs;
  private final long attachDelayNs;
  private final long pollPeriodNs;
  private final long idleCollectionIntervalNs;
  private final AttachedCollector collector;
  private final Object lock = new Object();

  /** Once the reader is registered. Guarded by the lock, like the next. */
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

  /** Returns a new reader with the defaults. */
  public static UserEventsMetricReader create(UserEventsMetricExporter exporter) {
    return builder(exporter).build();
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param exporter becomes the reader's: the provider that the reader is registered with shuts the
   *     reader down, and the reader shuts the exporter down, which closes the exporter's own
   *     pipeline. A pipeline that was given to the exporter stays open. As long as the reader is
   *     not registered, nobody shuts the exporter down but you
   */
  public static UserEventsMetricReaderBuilder builder(UserEventsMetricExporter exporter) {
    return new UserEventsMetricReaderBuilder(requireNonNull(exporter, "exporter"));
  }

  /**
   * Returns a builder with the settings and the exporter of this reader, for a reader in place of
   * this one: an {@code addMetricReaderCustomizer} of the SDK's autoconfiguration may change what
   * the properties say, for example. Register one of the two. Both have the same exporter, and the
   * first that is shut down shuts it down. A reader that was never registered need not be shut
   * down.
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
   * Called by the SDK: starts the thread. If a listener is attached already, that counts as an
   * attachment. A second call replaces what is read by the first.
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
      // The caller's would be kept from being unloaded.
      made.setContextClassLoader(null);
      collector.startedAs(made);
      made.start();
      thread = made;
    }
  }

  /**
   * Has the reader's thread collect and export once more if a listener is attached, and flushes the
   * exporter. While nobody is, the collection is left out: its deltas would be lost, but so they
   * are kept for the next listener. So it is before registration and after shutdown. In the first 5
   * s of a listener that does not record yet, the collection is made when it does; later it is left
   * out. Never blocks; calls that come during a collection share the next one.
   *
   * @return completes when what was collected is written; fails, with the exporter's cause, if any
   *     of it was dropped for another reason than that the listener has detached, or if it is not
   *     written within the {@linkplain UserEventsMetricExporter#flush 10 s of a flush}; what was
   *     collected before is waited for as well, before anything is collected, and for as long.
   *     Fails at once, without a collection, when it is called by a callback of an instrument.
   *     While a callback or the exporter's thread hangs, it does not complete: then only the
   *     caller's own time-out helps
   */
  @Override
  public CompletableResultCode forceFlush() {
    return collector.flush();
  }

  /**
   * Ends the thread, after a last collection if a listener is attached that records or may be about
   * to, and shuts the exporter down. Waits 5 s at most for a collection that is under way and the
   * last one, but not when it is called by a callback of an instrument: then the last collection is
   * left out.
   *
   * @return completes when the {@linkplain UserEventsMetricExporter#shutdown exporter is shut
   *     down}, and fails if that fails; the same for every call
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
    exporterResult.whenComplete(
        () -> {
          // Those of all exports are in: the exporter completes its shutdown after them.
          collector.completeReports();
          AttachedCollector.complete(result, exporterResult);
        });
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
      // Whoever is in a hurry still gets the tracepoint unregistered.
      Thread.currentThread().interrupt();
    }
  }
}
