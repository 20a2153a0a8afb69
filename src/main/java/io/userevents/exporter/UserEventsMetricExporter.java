// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.Collection;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MetricExporter} that writes metrics as OTLP protobuf to a Linux user_events tracepoint,
 * for perf, ftrace and agents of this machine.
 *
 * <p>While no listener is attached, an export succeeds at once and nothing is encoded. While a
 * listener is attached, the calling thread encodes the points into records and publishes them. One
 * thread of the exporter writes them to the kernel, and another one completes results. Creating an
 * exporter does not fail if the tracepoint is missing: this is logged, and the exporter tries to
 * register again.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public sealed class UserEventsMetricExporter implements MetricExporter
    permits AutoConfiguredExporter {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  /** A copy of the settings that this exporter was built with. */
  private final UserEventsMetricExporterBuilder settings;

  private final ExporterCore core;
  private final AtomicBoolean isShutdown = new AtomicBoolean();

  /**
   * Creates an exporter.
   *
   * @param settings settings that do not change any more
   */
  UserEventsMetricExporter(UserEventsMetricExporterBuilder settings, ExporterCore core) {
    this.settings = settings;
    this.core = core;
  }

  /** {@return a new exporter with the default settings} */
  public static UserEventsMetricExporter create() {
    return builder().build();
  }

  /** {@return a builder with the default settings} */
  public static UserEventsMetricExporterBuilder builder() {
    return new UserEventsMetricExporterBuilder();
  }

  /**
   * Returns an exporter that does nothing, for a machine or a class path on which there can be no
   * pipeline: its exports succeed and are counted as skipped. Needs no class of Disruptor, Agrona
   * or JNA.
   *
   * @param settings settings with temporality, aggregation and memory mode
   * @param reason text that says why the exporter is disabled
   */
  static UserEventsMetricExporter disabled(
      UserEventsMetricExporterBuilder settings, String reason) {
    return new UserEventsMetricExporter(settings.copy(), new DisabledCore(reason));
  }

  /**
   * Returns a builder with the settings of this exporter.
   *
   * <ul>
   *   <li>An exporter that it builds has its own ring, consumer and registration. Shut down both
   *       exporters.
   *   <li>A pipeline that was set is shared. Neither exporter closes it: its owner closes it after
   *       both were shut down.
   *   <li>A tracepoint that was set serves only one exporter, so you must set another one.
   * </ul>
   *
   * @return the builder
   */
  public UserEventsMetricExporterBuilder toBuilder() {
    return settings.copy();
  }

  /**
   * Returns the object that receives the meter provider once the SDK is built, or null for other
   * exporters.
   */
  @Nullable LateMeterProvider lateMeterProvider() {
    return settings.lateMeterProvider();
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
    return settings.aggregationTemporalitySelector.getAggregationTemporality(instrumentType);
  }

  @Override
  public Aggregation getDefaultAggregation(InstrumentType instrumentType) {
    return settings.defaultAggregationSelector.getDefaultAggregation(instrumentType);
  }

  @Override
  public MemoryMode getMemoryMode() {
    return settings.memoryMode();
  }

  /**
   * Encodes and publishes the metrics if a listener is attached, and returns when all records are
   * in the ring. The kernel takes the records later. If the export is larger than the ring, and the
   * consumer slower, the method waits for room. By default it waits for {@linkplain
   * UserEventsMetricExporterBuilder#setMaxExportWait at most 60 s} in all; an interrupt ends the
   * wait. While no listener is attached, it returns at once; only the first export waits until the
   * exporter has tried to register its tracepoint, for 10 s at most.
   *
   * @return a result that succeeds when the kernel has taken every record, or if no listener was
   *     attached. It fails, with a cause, if a point was dropped, after shutdown, and if the owner
   *     of the pipeline has closed it. A thread of the exporter completes one result after the
   *     other: code that is attached to the result may export, but must not wait for another result
   *     of this exporter
   */
  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    requireNonNull(metrics, "metrics");
    if (isShutdown.get()) {
      return CompletableResultCode.ofFailure();
    }
    return core.export(metrics);
  }

  /**
   * Does the same as {@link #export}, for deltas that were collected because a listener was
   * attached. If the listener has detached since, they are still encoded, so that each point is
   * counted as {@link Outcome#DROPPED_DETACHED}, because the SDK has forgotten them. After shutdown
   * they are {@link Outcome#DROPPED_CLOSED}.
   */
  CompletableResultCode exportCollected(Collection<MetricData> metrics) {
    if (isShutdown.get()) {
      for (MetricData metric : metrics) {
        core.counters.refused(Outcome.DROPPED_CLOSED, metric.getData().getPoints().size());
      }
      return CompletableResultCode.ofFailure();
    }
    return core.exportCollected(metrics);
  }

  /** Counts points that a reader has collected without a listener and discarded. */
  void discarded(long points) {
    core.counters.discarded(points);
  }

  /**
   * Starts to observe the ring and the tracepoint as soon as there is a provider of meters, also
   * while no listener is attached: only another exporter can report that the tracepoint is
   * unavailable. Never throws. Once this is done, a call costs one load.
   */
  void beginSelfMetrics() {
    core.beginSelfMetrics();
  }

  /**
   * Flushes earlier exports and all other records that are in the ring now. The method does not
   * block, with one exception: if the thread that completes results cannot be started, because
   * threads or memory are short, the method waits for 10 s at most.
   *
   * @return a result that succeeds when all these records are written or dropped. It fails after 10
   *     s if they are not; its cause says what the flush waits for, and no record is dropped. The
   *     result completes after those of earlier exports, and after the code that is attached to
   *     them has run. The SDK's reader with batches exports its next batch in such code, and waits
   *     for slots of a full ring for up to {@linkplain
   *     UserEventsMetricExporterBuilder#setMaxExportWait the longest wait} each time. So with such
   *     code, or while the exporter's thread hangs in a system call, the result may take longer
   *     than 10 s; set your own time-out for these cases. See {@link
   *     RecordPipeline#flush(java.time.Duration)}
   */
  @Override
  public CompletableResultCode flush() {
    return core.flush();
  }

  /**
   * Shuts the exporter down: it refuses further exports, writes the records that are under way, and
   * unregisters the tracepoint. A pipeline that was set in the builder stays open. An export that
   * another thread is in may continue for up to 5 s; records that it publishes later are {@link
   * Outcome#DROPPED_CLOSED}. The method does not block, with the same exception as {@link #flush}.
   *
   * @return a result that completes when this is done. With a pipeline that was set, it fails after
   *     10 s, like that of {@link #flush}. The exporter's own pipeline is closed; claims that
   *     threads hold open delay this by another 5 s at most. Like the result of a flush, it
   *     completes after code that is attached to earlier results. While that code hangs, or the
   *     exporter's thread hangs in a system call, it does not complete; set your own time-out for
   *     these cases
   */
  @Override
  public CompletableResultCode shutdown() {
    if (!isShutdown.compareAndSet(false, true)) {
      ThrottledLog.log(
          LOGGER, Level.INFO, "shutdown was called again; the exporter is shut down already", null);
      return CompletableResultCode.ofSuccess();
    }
    return core.shutdown();
  }

  /**
   * Returns a builder of points that are published one measurement at a time, through the pipeline
   * of this exporter and for as long as the pipeline is open.
   *
   * @return the builder
   */
  public PreparedPointsBuilder preparedPoints() {
    return core.preparedPoints();
  }

  /**
   * Waits until the exporter has first tried to register its tracepoint, successfully or not. The
   * first export does so for you. Call this before you use {@link #isAttached} or {@linkplain
   * #preparedPoints prepared points} right after the build: until then no listener is attached. See
   * {@link RecordPipeline#awaitRegistration}.
   *
   * @param timeout longest wait; 0 to ask without a wait
   * @return whether the attempt has ended; always true for an exporter that does nothing because a
   *     library is missing
   * @throws IllegalArgumentException if the timeout is negative
   */
  public boolean awaitRegistration(Duration timeout) {
    return core.awaitRegistration(requireNonNull(timeout, "timeout"));
  }

  /** {@return whether a listener is attached that would receive an export} */
  public boolean isAttached() {
    return !isShutdown.get() && core.isAttached();
  }

  /**
   * Returns whether this machine can never have the tracepoint, so that no listener ever attaches.
   */
  boolean isUnsupported() {
    return core.isUnsupported();
  }

  /** Returns whether the exporter's own pipeline has not tried yet to register its tracepoint. */
  boolean isRegistrationPending() {
    return core.isRegistrationPending();
  }

  /** Returns the number of {@link RecordPipeline#recordingNumber}. */
  long recordingNumber() {
    return core.recordingNumber();
  }

  /** {@return the counters since the exporter was built} */
  public ExporterStatistics statistics() {
    return core.counters.snapshot(core.pipelineStatistics());
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "UserEventsMetricExporter{", "}");
    joiner.add("pipeline=" + core);
    joiner.add("onePointPerEvent=" + settings.onePointPerEvent);
    joiner.add("maxPointsPerRecord=" + settings.maxPointsPerRecord());
    joiner.add("maxSinglePointRecordLength=" + settings.maxSinglePointRecordLength);
    joiner.add("excludedResourceAttributes=" + settings.excludedResourceAttributes);
    joiner.add("encodingCacheMemory=" + settings.encodingCacheMemory);
    joiner.add(
        "aggregationTemporalitySelector="
            + SdkVersions.temporalityText(settings.aggregationTemporalitySelector));
    joiner.add(
        "defaultAggregationSelector="
            + SdkVersions.aggregationText(settings.defaultAggregationSelector));
    joiner.add("memoryMode=" + settings.memoryModeText());
    joiner.add("maxExportWait=" + Duration.ofNanos(settings.maxExportWaitNs()));
    joiner.add("selfMetrics=" + (settings.meterProvider != null));
    return joiner.toString();
  }
}
