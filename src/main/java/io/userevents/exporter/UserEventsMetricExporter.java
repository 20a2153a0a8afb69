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
 * Exports metrics to a Linux user_events tracepoint as OTLP protobuf, for perf, ftrace and agents
 * of this machine.
 *
 * <p>While no listener is attached, an export succeeds at once and nothing is encoded. While one
 * is, the calling thread encodes the points into records and publishes them; a thread of the
 * exporter's own writes them to the kernel, and another one completes results. Creating an exporter
 * never fails for want of the tracepoint: that is logged, and registration is tried again.
 *
 * <p>Thread-safe.
 */
public sealed class UserEventsMetricExporter implements MetricExporter
    permits AutoConfiguredExporter {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  /** As they were when this exporter was built, which has a copy of its own. */
  private final UserEventsMetricExporterBuilder settings;

  private final ExporterCore core;
  private final AtomicBoolean isShutdown = new AtomicBoolean();

  /**
   * @param settings are not changed any more
   */
  UserEventsMetricExporter(UserEventsMetricExporterBuilder settings, ExporterCore core) {
    this.settings = settings;
    this.core = core;
  }

  /** Returns a new exporter with the defaults. */
  public static UserEventsMetricExporter create() {
    return builder().build();
  }

  /** Returns a builder with the defaults. */
  public static UserEventsMetricExporterBuilder builder() {
    return new UserEventsMetricExporterBuilder();
  }

  /**
   * Returns an exporter that does nothing, for a machine or a class path on which there can be no
   * pipeline: its exports succeed and are counted as skipped. Needs no class of Disruptor, Agrona
   * or JNA.
   *
   * @param settings gives temporality, aggregation and memory mode
   * @param reason why it is disabled, for people
   */
  static UserEventsMetricExporter disabled(
      UserEventsMetricExporterBuilder settings, String reason) {
    return new UserEventsMetricExporter(settings.copy(), new DisabledCore(reason));
  }

  /**
   * Returns a builder with the settings of this exporter.
   *
   * <ul>
   *   <li>An exporter that it builds has a ring, a consumer and a registration of its own, next to
   *       those of this exporter. Each of the two is shut down for itself.
   *   <li>A pipeline that was given is shared. Neither exporter closes it: its owner does, after
   *       both were shut down.
   *   <li>A tracepoint that was given serves one exporter only, so another one has to be set.
   * </ul>
   */
  public UserEventsMetricExporterBuilder toBuilder() {
    return settings.copy();
  }

  /**
   * Returns where the meter provider arrives once the SDK is built, or null for other exporters.
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
   * Encodes and publishes the metrics, if a listener is attached, and returns when all records are
   * in the ring. The kernel takes them later. If the export is larger than the ring and the
   * consumer slower, it waits in between, for {@linkplain
   * UserEventsMetricExporterBuilder#setMaxExportWait at most 60 s} in all by default; an interrupt
   * ends the wait. While nobody listens it returns at once.
   *
   * @return succeeds when the kernel has taken every record, or nobody listened; fails, with a
   *     cause, if a point was dropped, after shutdown, and if the pipeline was closed by its owner.
   *     Completed on a thread of the exporter's own, one result after the other: code that is
   *     attached to it may export, but must not wait for another result of this exporter
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
   * Like {@link #export}, for deltas that were collected because a listener was attached. Should it
   * have detached since, they are encoded all the same, so that each point is counted as {@link
   * Outcome#DROPPED_DETACHED}: the SDK has forgotten them. After shutdown they are {@link
   * Outcome#DROPPED_CLOSED}.
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

  /** A reader has collected so many points for nobody, and discarded them. */
  void discarded(long points) {
    core.counters.discarded(points);
  }

  /**
   * Has the ring and the tracepoint observed as soon as there is a provider of meters, also while
   * nobody listens: that the tracepoint is unavailable is told by another exporter or by none.
   * Never throws; one load once it is done.
   */
  void beginSelfMetrics() {
    core.beginSelfMetrics();
  }

  /**
   * Waits for what was exported before, and whatever else is in the ring by now. Does not block,
   * but where the thread that completes results cannot be started, for want of threads or memory:
   * there it waits itself, for 10 s at most.
   *
   * @return completes when all of that has been written or dropped; fails if that is not so after
   *     10 s, with what it waits for as its cause. That drops nothing. Either comes after the
   *     results of earlier exports, and after the code that is attached to those has run: the SDK's
   *     reader with batches exports its next batch there, which waits for slots of a full ring for
   *     up to {@linkplain UserEventsMetricExporterBuilder#setMaxExportWait the longest wait} each
   *     time. So with such code, and while the exporter's thread hangs in a system call, it may
   *     take longer than 10 s, and only the caller's own time-out helps; see {@link
   *     RecordPipeline#flush(java.time.Duration)}
   */
  @Override
  public CompletableResultCode flush() {
    return core.flush();
  }

  /**
   * Refuses further exports, has what is under way written, and unregisters the tracepoint, unless
   * the pipeline was given to the builder: then it stays open. An export that another thread is in
   * goes on for up to 5 s; records that it publishes later are {@link Outcome#DROPPED_CLOSED}. Does
   * not block, but where {@link #flush} does.
   *
   * @return completes when that is done. With a pipeline that was given it fails after 10 s, like
   *     {@link #flush}. One of the exporter's own is closed: claims that threads hold open delay
   *     that by another 5 s at most. Like the result of a flush it comes after code that is
   *     attached to earlier results. While that code, or the exporter's thread in a system call,
   *     hangs, only the caller's own time-out helps.
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
   * of this exporter, and for as long as that is open.
   */
  public PreparedPointsBuilder preparedPoints() {
    return core.preparedPoints();
  }

  /** Whether a listener is attached, so that an export would reach somebody. */
  public boolean isAttached() {
    return !isShutdown.get() && core.isAttached();
  }

  /** Whether this machine cannot have the tracepoint, for good: nobody will ever listen. */
  boolean isUnsupported() {
    return core.isUnsupported();
  }

  /** See {@link RecordPipeline#recordingNumber}. */
  long recordingNumber() {
    return core.recordingNumber();
  }

  /** What has been done so far. */
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
