// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.internal.otlp.EncoderLimits;
import io.userevents.exporter.internal.otlp.RecordEncoder;
import io.userevents.exporter.internal.selfmetrics.SelfMetrics;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import java.util.Collection;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Exports metrics to a Linux user_events tracepoint as OTLP protobuf, for perf, ftrace and agents
 * of this machine.
 *
 * <p>While no listener is attached, an export succeeds at once and nothing is encoded. While one
 * is, the calling thread encodes the points into records and publishes them; a thread of the
 * exporter's own writes them to the kernel. Creating an exporter never fails for want of the
 * tracepoint: that is logged, and registration is tried again.
 *
 * <p>Thread-safe.
 */
public final class UserEventsMetricExporter implements MetricExporter {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  /** As it was when this exporter was built, which has a copy of its own. */
  private final UserEventsMetricExporterBuilder builder;

  private final RecordPipeline pipeline;
  private final boolean ownsPipeline;
  private final int maxPointsPerRecord;
  private final int encodingCacheMemory;
  private final AggregationTemporalitySelector aggregationTemporalitySelector;
  private final DefaultAggregationSelector defaultAggregationSelector;
  private final MemoryMode memoryMode;
  private final ExporterCounters counters = new ExporterCounters();
  private final OversizeReporter oversizeReporter;
  private final FailureLog failures = new FailureLog(LOGGER);

  /** Null unless a provider of meters was set. */
  private final @Nullable SelfMetrics selfMetrics;

  /**
   * The same until they have begun. Plain, as every export looks at it: a thread that does not see
   * at once that they have begins them again, which does nothing.
   */
  private @Nullable SelfMetrics awaitedSelfMetrics;

  private final AtomicBoolean isShutdown = new AtomicBoolean();

  /** With the cache of what recurs. Of the export that has it. */
  private @Nullable RecordEncoder encoder;

  private final AtomicBoolean isEncoderLent = new AtomicBoolean();

  UserEventsMetricExporter(
      UserEventsMetricExporterBuilder builder,
      RecordPipeline pipeline,
      boolean ownsPipeline,
      int maxPointsPerRecord,
      int encodingCacheMemory,
      AggregationTemporalitySelector aggregationTemporalitySelector,
      DefaultAggregationSelector defaultAggregationSelector,
      MemoryMode memoryMode,
      @Nullable Supplier<MeterProvider> meterProvider) {
    this.builder = builder;
    this.pipeline = pipeline;
    this.ownsPipeline = ownsPipeline;
    this.maxPointsPerRecord = maxPointsPerRecord;
    this.encodingCacheMemory = encodingCacheMemory;
    this.aggregationTemporalitySelector = aggregationTemporalitySelector;
    this.defaultAggregationSelector = defaultAggregationSelector;
    this.memoryMode = memoryMode;
    oversizeReporter = new OversizeReporter(pipeline.maxRecordLength());
    selfMetrics =
        meterProvider == null
            ? null
            : new SelfMetrics(meterProvider, pipeline, UserEventsMetricExporter.class);
    awaitedSelfMetrics = selfMetrics;
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
   * Returns a builder with the settings of this exporter. What it builds has a ring, a consumer and
   * a registration of its own, next to those of this exporter; a pipeline that was given is shared.
   * A tracepoint that was given has to be set anew.
   */
  public UserEventsMetricExporterBuilder toBuilder() {
    return builder.copy();
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
    return aggregationTemporalitySelector.getAggregationTemporality(instrumentType);
  }

  @Override
  public Aggregation getDefaultAggregation(InstrumentType instrumentType) {
    return defaultAggregationSelector.getDefaultAggregation(instrumentType);
  }

  @Override
  public MemoryMode getMemoryMode() {
    return memoryMode;
  }

  /**
   * Publishes the metrics, if a listener is attached. Never blocks.
   *
   * @return succeeds when the kernel has taken every record, or nobody listened; fails, with a
   *     cause, if a point was dropped, and after shutdown
   */
  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    requireNonNull(metrics, "metrics");
    if (isShutdown.get()) {
      return CompletableResultCode.ofFailure();
    }
    if (!pipeline.isAttached()) {
      beginSelfMetrics();
      counters.skipped();
      return CompletableResultCode.ofSuccess();
    }
    return encodeAndPublish(metrics);
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
        counters.points(Outcome.DROPPED_CLOSED, metric.getData().getPoints().size());
      }
      return CompletableResultCode.ofFailure();
    }
    return encodeAndPublish(metrics);
  }

  /**
   * Has the ring and the tracepoint observed as soon as there is a provider of meters, also while
   * nobody listens: that the tracepoint is unavailable is told by another exporter or by none.
   * Never throws; one load once it is done.
   */
  void beginSelfMetrics() {
    SelfMetrics awaited = awaitedSelfMetrics;
    if (awaited != null && awaited.begin()) {
      awaitedSelfMetrics = null;
    }
  }

  private CompletableResultCode encodeAndPublish(Collection<MetricData> metrics) {
    counters.exported();
    Export export = new Export(pipeline, counters, oversizeReporter);
    try {
      if (selfMetrics != null) {
        export.measure(selfMetrics, metrics);
      }
      encode(metrics, export);
      export.end();
    } catch (Error e) {
      export.breakOff(metrics, e);
      throw e;
    } catch (Throwable e) {
      // Other languages throw checked exceptions from anywhere.
      // Settled first: a log handler of the application's may throw as well.
      export.breakOff(metrics, e);
      failures.warn(
          "export failed, its points after the failure are dropped: the cause says which metric data"
              + " cannot be read, mend what produces it",
          e);
    }
    return export.result();
  }

  private void encode(Collection<MetricData> metrics, Export export) {
    if (!isEncoderLent.compareAndSet(false, true)) {
      // Two exports at once are rare: the second encodes everything anew.
      newEncoder(0).encode(metrics, export);
      return;
    }
    try {
      RecordEncoder lent = encoder;
      if (lent == null) {
        lent = newEncoder(encodingCacheMemory);
        encoder = lent;
      }
      lent.encode(metrics, export);
    } catch (Error e) {
      // No memory, for example, may have struck anywhere: the next export makes a new one.
      encoder = null;
      throw e;
    } finally {
      isEncoderLent.set(false);
    }
  }

  private RecordEncoder newEncoder(int cacheMemory) {
    return new RecordEncoder(
        EncoderLimits.of(pipeline.maxEventLength(), pipeline.maxRecordLength(), maxPointsPerRecord),
        builder.excludedResourceAttributes,
        cacheMemory);
  }

  /**
   * Waits for what was exported before, and whatever else is in the ring by now. Never blocks.
   *
   * @return completes when all of that has been written or dropped; fails after 10 s, with what it
   *     waits for as its cause. That drops nothing. While the exporter's thread hangs in a system
   *     call, only the caller's own time-out helps; see {@link
   *     RecordPipeline#flush(java.time.Duration)}
   */
  @Override
  public CompletableResultCode flush() {
    return resultOf(pipeline.flush());
  }

  /**
   * Refuses further exports, has what is under way written, and unregisters the tracepoint, unless
   * the pipeline was given to the builder: then it stays open. Never blocks.
   *
   * @return completes when that is done. With a pipeline that was given it fails after 10 s, like
   *     {@link #flush}. One of the exporter's own is closed: claims that threads hold open delay
   *     that by 5 s at most. While the exporter's thread hangs in a system call, only the caller's
   *     own time-out helps.
   */
  @Override
  public CompletableResultCode shutdown() {
    if (!isShutdown.compareAndSet(false, true)) {
      FailureLog.log(
          LOGGER, Level.INFO, "shutdown was called again; the exporter is shut down already", null);
      return CompletableResultCode.ofSuccess();
    }
    if (selfMetrics != null) {
      selfMetrics.close();
    }
    return resultOf(ownsPipeline ? pipeline.closeAsync() : pipeline.flush());
  }

  /**
   * Returns a builder of points that are published one measurement at a time, through the pipeline
   * of this exporter, and for as long as that is open.
   */
  public PreparedPointsBuilder preparedPoints() {
    return PreparedPoints.builder(pipeline)
        .setExcludedResourceAttributes(builder.excludedResourceAttributes.patterns());
  }

  /** Whether a listener is attached, so that an export would reach somebody. */
  public boolean isAttached() {
    return !isShutdown.get() && pipeline.isAttached();
  }

  /** See {@link RecordPipeline#recordingNumber}. */
  long recordingNumber() {
    return pipeline.recordingNumber();
  }

  /** What has been done so far. */
  public ExporterStatistics statistics() {
    return counters.snapshot(pipeline.statistics());
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "UserEventsMetricExporter{", "}");
    joiner.add("pipeline=" + pipeline);
    joiner.add("maxPointsPerRecord=" + maxPointsPerRecord);
    joiner.add("maxSinglePointRecordLength=" + pipeline.maxRecordLength());
    joiner.add("excludedResourceAttributes=" + builder.excludedResourceAttributes);
    joiner.add("encodingCacheMemory=" + encodingCacheMemory);
    joiner.add(
        "aggregationTemporalitySelector="
            + AggregationTemporalitySelector.asString(aggregationTemporalitySelector));
    joiner.add(
        "defaultAggregationSelector="
            + DefaultAggregationSelector.asString(defaultAggregationSelector));
    joiner.add("memoryMode=" + memoryMode);
    joiner.add("selfMetrics=" + (selfMetrics != null));
    return joiner.toString();
  }

  private static CompletableResultCode resultOf(CompletableFuture<Void> future) {
    CompletableResultCode result = new CompletableResultCode();
    CompletableFuture<Void> unused =
        future.whenComplete(
            (done, failure) -> {
              if (failure == null) {
                result.succeed();
              } else {
                result.failExceptionally(failure);
              }
            });
    return result;
  }
}
