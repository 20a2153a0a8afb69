// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.otlp.NamePatterns;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;
import io.userevents.pipeline.BackPressurePolicy;
import io.userevents.pipeline.ConsumerWaitStrategy;
import io.userevents.pipeline.PipelineUnavailableException;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.RecordPipelineBuilder;
import io.userevents.pipeline.TracepointStateListener;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.Tracepoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link UserEventsMetricExporter}. Not thread-safe.
 *
 * <p>What concerns the ring, its consumer and the tracepoint is set on a pipeline of the exporter's
 * own, or else by whoever builds the one that is given to {@link #setPipeline}.
 */
public final class UserEventsMetricExporterBuilder {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  /** As many points as fit into a record. */
  public static final int UNLIMITED_POINTS_PER_RECORD = Integer.MAX_VALUE;

  /**
   * In bytes: a sixteenth of the longest heap of this JVM ({@link Runtime#maxMemory()}), at least 4
   * MiB, which has room for some 8,000 attribute sets of four attributes each, and at most 256 MiB.
   */
  public static final int DEFAULT_ENCODING_CACHE_MEMORY =
      (int) Math.max(4 << 20, Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 16));

  /**
   * Attributes of resources that are left out by default: the command line. It makes each record
   * longer by what may be kilobytes, and may have passwords in it.
   */
  public static final List<String> DEFAULT_EXCLUDED_RESOURCE_ATTRIBUTES =
      NamePatterns.COMMAND_LINE.patterns();

  /** In bytes, the longest event that perf delivers. */
  public static final int DEFAULT_MAX_SINGLE_POINT_RECORD_LENGTH = EventLayout.MAX_LENGTH_PERF;

  /**
   * For how long an export waits for the ring at most, unless set: 60 s, as long as the SDK's
   * readers pause between two exports by default. At the default pacing a million points take 14 s,
   * and 36 s with an event for each. The SDK's reader exports on the thread that calls {@code
   * forceFlush} or {@code shutdown}, which this bounds as well.
   */
  public static final Duration DEFAULT_MAX_EXPORT_WAIT = Duration.ofSeconds(60);

  /** What events may take of the readers' buffers in a second, unless set, in bytes: 8 MiB. */
  public static final long DEFAULT_PACING_BYTES_PER_SECOND = 8L << 20;

  /**
   * What events may take of a reader's buffer at once after a pause, unless set, in bytes: 64 KiB.
   */
  public static final int DEFAULT_PACING_BURST_BYTES = 64 << 10;

  private static final Duration LONGEST_MAX_EXPORT_WAIT = Duration.ofDays(1);

  /** Null until it is needed, since its classes need Disruptor and Agrona. */
  private @Nullable RecordPipelineBuilder ownPipeline;

  /**
   * Setters that were called on this builder and mean nothing to a pipeline that is given. Settings
   * that it had from the beginning, as a copy, give way to such a pipeline.
   */
  private final TreeSet<String> ownPipelineSettings = new TreeSet<>();

  private @Nullable RecordPipeline givenPipeline;
  boolean onePointPerEvent;

  /** Null unless it was set. */
  private @Nullable Integer maxPointsPerRecord;

  /** Null unless it was set. */
  private @Nullable Boolean gatherRecords;

  /** Null unless it was set. */
  private @Nullable Duration maxExportWait;

  /** Whether a back-pressure policy was set for a pipeline of the exporter's own. */
  private boolean hasOwnPolicy;

  private int maxRecordLength = RecordPipelineBuilder.DEFAULT_MAX_RECORD_LENGTH;
  int maxSinglePointRecordLength = DEFAULT_MAX_SINGLE_POINT_RECORD_LENGTH;
  NamePatterns excludedResourceAttributes = NamePatterns.COMMAND_LINE;
  int encodingCacheMemory = DEFAULT_ENCODING_CACHE_MEMORY;
  AggregationTemporalitySelector aggregationTemporalitySelector =
      AggregationTemporalitySelector.deltaPreferred();
  DefaultAggregationSelector defaultAggregationSelector = DefaultAggregationSelector.getDefault();

  /** Null for the default, since an SDK that is too old has no such class. */
  private @Nullable MemoryMode memoryMode;

  @Nullable Supplier<MeterProvider> meterProvider;

  UserEventsMetricExporterBuilder() {}

  private UserEventsMetricExporterBuilder(UserEventsMetricExporterBuilder other) {
    ownPipeline = other.ownPipeline == null ? null : other.ownPipeline.copy();
    givenPipeline = other.givenPipeline;
    onePointPerEvent = other.onePointPerEvent;
    maxExportWait = other.maxExportWait;
    hasOwnPolicy = other.hasOwnPolicy;
    maxPointsPerRecord = other.maxPointsPerRecord;
    gatherRecords = other.gatherRecords;
    maxRecordLength = other.maxRecordLength;
    maxSinglePointRecordLength = other.maxSinglePointRecordLength;
    excludedResourceAttributes = other.excludedResourceAttributes;
    encodingCacheMemory = other.encodingCacheMemory;
    aggregationTemporalitySelector = other.aggregationTemporalitySelector;
    defaultAggregationSelector = other.defaultAggregationSelector;
    memoryMode = other.memoryMode;
    meterProvider = other.meterProvider;
  }

  UserEventsMetricExporterBuilder copy() {
    return new UserEventsMetricExporterBuilder(this);
  }

  /**
   * Sets the temporality by kind of instrument. Default: delta, and cumulative for up-down counters
   * ({@link AggregationTemporalitySelector#deltaPreferred()}).
   */
  public UserEventsMetricExporterBuilder setAggregationTemporalitySelector(
      AggregationTemporalitySelector selector) {
    aggregationTemporalitySelector = requireNonNull(selector, "selector");
    return this;
  }

  /**
   * Sets the aggregation by kind of instrument. Default: {@link
   * DefaultAggregationSelector#getDefault()}.
   */
  public UserEventsMetricExporterBuilder setDefaultAggregationSelector(
      DefaultAggregationSelector selector) {
    defaultAggregationSelector = requireNonNull(selector, "selector");
    return this;
  }

  /**
   * Sets whether the SDK may reuse what it hands over. Default: {@link MemoryMode#REUSABLE_DATA},
   * since points are encoded before {@code export} returns. With {@link MemoryMode#IMMUTABLE_DATA}
   * and delta temporality, attributes that are made for each measurement are encoded anew for each
   * export.
   */
  public UserEventsMetricExporterBuilder setMemoryMode(MemoryMode memoryMode) {
    this.memoryMode = requireNonNull(memoryMode, "memoryMode");
    return this;
  }

  /** See {@link #setMeterProvider(Supplier)}. */
  public UserEventsMetricExporterBuilder setMeterProvider(MeterProvider meterProvider) {
    requireNonNull(meterProvider, "meterProvider");
    return setMeterProvider(() -> meterProvider);
  }

  /**
   * Sets where the exporter records metrics about itself: those that the semantic conventions have
   * for each exporter, and those of its ring and tracepoint ({@code docs/operations.md} has all).
   * Default: nowhere. The SDK's own exporters have the former with {@code
   * InternalTelemetryVersion.LATEST}, which is not their default either.
   *
   * <p>A supplier of the application's is asked at the first export, whether somebody listens or
   * not, by the exporting thread, and not before: it may give the provider that this exporter is
   * being built for. A {@link UserEventsMetricReader} asks once an interval while nobody listens,
   * first when one has passed. As long as the answer is null or {@link MeterProvider#noop()}, which
   * are taken for none as yet, the next export asks again; later only those that find a listener,
   * and they should get the same provider each time. Its instruments are called once for each
   * export, also by the thread that completes results, which they should not hold up. What either
   * throws is logged once, and the export goes on.
   */
  public UserEventsMetricExporterBuilder setMeterProvider(Supplier<MeterProvider> meterProvider) {
    this.meterProvider = requireNonNull(meterProvider, "meterProvider");
    return this;
  }

  /**
   * Sets whether each point is an event, as the Rust and .NET exporters write them: a record has
   * one point, and records are not gathered. Events come in the order in which the SDK hands the
   * points over. Default: false, with as many points in an event as fit. {@code
   * docs/other-exporters.md} compares the content of the events field by field.
   *
   * <p>It stands for {@link #setMaxPointsPerRecord} with 1 and {@link #setGatherRecords} with
   * false. {@link #build} refuses other values of these two, and a pipeline that gathers.
   */
  public UserEventsMetricExporterBuilder setOnePointPerEvent(boolean onePointPerEvent) {
    this.onePointPerEvent = onePointPerEvent;
    return this;
  }

  /**
   * Sets how many points a record has at most. Default: as many as fit. For one point in each
   * event, see {@link #setOnePointPerEvent}.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public UserEventsMetricExporterBuilder setMaxPointsPerRecord(int maxPointsPerRecord) {
    if (maxPointsPerRecord < 1) {
      throw new IllegalArgumentException(
          "maxPointsPerRecord must be at least 1: maxPointsPerRecord=" + maxPointsPerRecord);
    }
    this.maxPointsPerRecord = maxPointsPerRecord;
    return this;
  }

  /**
   * Sets how much memory the exporter takes to keep what it has encoded for the next export:
   * resources, scopes, metric headers and attribute sets. It grows with what is exported, up to
   * this limit; an attribute set takes 52 bytes, its length in OTLP, and 256 bytes as an estimate
   * for the object, which stays reachable. Attribute sets beyond the limit are encoded anew each
   * time, which takes a few hundred nanoseconds for each.
   *
   * @param encodingCacheMemory in bytes, 0 or more, default {@link #DEFAULT_ENCODING_CACHE_MEMORY};
   *     0 keeps nothing
   * @throws IllegalArgumentException if it is negative
   */
  public UserEventsMetricExporterBuilder setEncodingCacheMemory(int encodingCacheMemory) {
    if (encodingCacheMemory < 0) {
      throw new IllegalArgumentException(
          "encodingCacheMemory must be at least 0 bytes: encodingCacheMemory="
              + encodingCacheMemory);
    }
    this.encodingCacheMemory = encodingCacheMemory;
    return this;
  }

  /**
   * Sets for how long an export may wait in all while the ring is full. An export that is larger
   * than the ring fills it faster than the kernel takes the records; with a wait, its thread gives
   * the consumer the time it needs. When the wait is used up, or the thread is interrupted, the
   * back-pressure policy decides on each further record. The wait ends early when the listener
   * detaches or the pipeline is closed.
   *
   * <p>Only threads that call {@code export} wait by it. {@linkplain
   * UserEventsMetricExporter#preparedPoints Prepared points} and whatever else is published through
   * the pipeline follow the policy alone. The SDK's {@code PeriodicMetricReader} exports on the
   * thread that calls {@code forceFlush} or {@code shutdown} of it or of its provider, so that
   * these calls wait up to that long as well.
   *
   * @param maxExportWait 0 to 1 day; 0 asks the policy at once. Default: 0 if {@link
   *     #setBackPressurePolicy} was called, so that the policy alone decides; otherwise {@link
   *     #DEFAULT_MAX_EXPORT_WAIT}, also with a pipeline that was given
   * @throws IllegalArgumentException if it is not in that range
   */
  public UserEventsMetricExporterBuilder setMaxExportWait(Duration maxExportWait) {
    requireNonNull(maxExportWait, "maxExportWait");
    if (maxExportWait.isNegative() || maxExportWait.compareTo(LONGEST_MAX_EXPORT_WAIT) > 0) {
      throw new IllegalArgumentException(
          "maxExportWait must be 0 to 1 day: maxExportWait=" + maxExportWait);
    }
    this.maxExportWait = maxExportWait;
    return this;
  }

  long maxExportWaitNs() {
    Duration set = maxExportWait;
    if (set != null) {
      return set.toNanos();
    }
    return givenPipeline == null && hasOwnPolicy ? 0 : DEFAULT_MAX_EXPORT_WAIT.toNanos();
  }

  /**
   * Sets a pipeline to publish through, which may be shared with other exporters and publishers. It
   * stays its owner's: shutting the exporter down has what it exported written, but does not close
   * the pipeline. Default: a pipeline of the exporter's own.
   */
  public UserEventsMetricExporterBuilder setPipeline(RecordPipeline pipeline) {
    givenPipeline = requireNonNull(pipeline, "pipeline");
    return this;
  }

  /**
   * Sets which attributes of resources no record has: every record has all the others, so that what
   * nobody needs costs its length with each of them. An entity that such an attribute identifies is
   * left out as well.
   *
   * @param patterns names of attributes, in which {@code *} stands for any characters and {@code ?}
   *     for one, such as {@code process.*}; they take the place of the default, {@link
   *     #DEFAULT_EXCLUDED_RESOURCE_ATTRIBUTES}; none excludes nothing
   * @throws IllegalArgumentException if one of them is blank
   */
  public UserEventsMetricExporterBuilder setExcludedResourceAttributes(
      Collection<String> patterns) {
    excludedResourceAttributes = NamePatterns.of(requireNonNull(patterns, "patterns"));
    return this;
  }

  /**
   * Sets how long a record of several points may be, and an event of several records. What is
   * around the points of a record has shares of that: a half for a resource, an eighth each for a
   * scope and for a metric's name, description and unit. What takes more is cut, which the log says
   * once.
   *
   * @param maxRecordLength in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}, default {@link
   *     RecordPipelineBuilder#DEFAULT_MAX_RECORD_LENGTH}; above it ftrace loses the events, without
   *     an error
   * @throws IllegalArgumentException if it is not in that range
   */
  public UserEventsMetricExporterBuilder setMaxRecordLength(int maxRecordLength) {
    return own(
        "setMaxRecordLength",
        pipeline -> {
          pipeline.setMaxRecordLength(maxRecordLength);
          this.maxRecordLength = maxRecordLength;
          setLengths(pipeline);
        });
  }

  /**
   * Sets how long a record may be that has one point only, because that point does not fit into a
   * {@linkplain #setMaxRecordLength record of several}. Each slot of the ring has room for it. It
   * has no effect if it is less than the limit of records of several points.
   *
   * @param maxSinglePointRecordLength in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}, which is
   *     the default; ftrace loses those above {@link EventLayout#MAX_LENGTH_FTRACE}, without an
   *     error
   * @throws IllegalArgumentException if it is not in that range
   */
  public UserEventsMetricExporterBuilder setMaxSinglePointRecordLength(
      int maxSinglePointRecordLength) {
    if (maxSinglePointRecordLength < 1
        || maxSinglePointRecordLength > EventLayout.MAX_LENGTH_PERF) {
      throw new IllegalArgumentException(
          "maxSinglePointRecordLength must be 1 to "
              + EventLayout.MAX_LENGTH_PERF
              + " bytes: maxSinglePointRecordLength="
              + maxSinglePointRecordLength);
    }
    return own(
        "setMaxSinglePointRecordLength",
        pipeline -> {
          this.maxSinglePointRecordLength = maxSinglePointRecordLength;
          setLengths(pipeline);
        });
  }

  private void setLengths(RecordPipelineBuilder pipeline) {
    pipeline
        .setMaxRecordLength(Math.max(maxRecordLength, maxSinglePointRecordLength))
        .setMaxEventLength(maxRecordLength);
  }

  /** See {@link RecordPipelineBuilder#setGatherRecords}. */
  public UserEventsMetricExporterBuilder setGatherRecords(boolean gatherRecords) {
    this.gatherRecords = gatherRecords;
    return own("setGatherRecords", pipeline -> pipeline.setGatherRecords(gatherRecords));
  }

  /** See {@link RecordPipelineBuilder#setRingSlots}. */
  public UserEventsMetricExporterBuilder setRingSlots(int ringSlots) {
    return own("setRingSlots", pipeline -> pipeline.setRingSlots(ringSlots));
  }

  /**
   * Sets what happens to records that find no slot. Unless {@link #setMaxExportWait} is called as
   * well, exports then do not wait but as long as the policy does; see {@link
   * RecordPipelineBuilder#setBackPressurePolicy}.
   */
  public UserEventsMetricExporterBuilder setBackPressurePolicy(
      BackPressurePolicy backPressurePolicy) {
    own("setBackPressurePolicy", pipeline -> pipeline.setBackPressurePolicy(backPressurePolicy));
    hasOwnPolicy = true;
    return this;
  }

  /**
   * Sets how fast events may fill the buffers of those who read them, so that a large export does
   * not overwrite what a reader has not read yet; see {@link RecordPipelineBuilder#setPacing}. An
   * export that is larger than the ring then waits for that, up to its {@linkplain
   * #setMaxExportWait longest wait}. A pipeline that is given has a pacing of its own.
   *
   * @param bytesPerSecond 1,000 to 1,000,000,000,000, default {@link
   *     #DEFAULT_PACING_BYTES_PER_SECOND}; 0 with {@code burstBytes} 0 for no pacing
   * @param burstBytes at least what the longest event takes, at most 1,073,741,824, default {@link
   *     #DEFAULT_PACING_BURST_BYTES}
   * @throws IllegalArgumentException if either is not in its range
   */
  public UserEventsMetricExporterBuilder setPacing(long bytesPerSecond, int burstBytes) {
    return own("setPacing", pipeline -> pipeline.setPacing(bytesPerSecond, burstBytes));
  }

  /** See {@link RecordPipelineBuilder#setWaitStrategy}. */
  public UserEventsMetricExporterBuilder setWaitStrategy(ConsumerWaitStrategy waitStrategy) {
    return own("setWaitStrategy", pipeline -> pipeline.setWaitStrategy(waitStrategy));
  }

  /** See {@link RecordPipelineBuilder#setIdleStrategy}. */
  public UserEventsMetricExporterBuilder setIdleStrategy(IdleStrategy idleStrategy) {
    return own("setIdleStrategy", pipeline -> pipeline.setIdleStrategy(idleStrategy));
  }

  /** See {@link RecordPipelineBuilder#setErrorHandler}. */
  public UserEventsMetricExporterBuilder setErrorHandler(ErrorHandler errorHandler) {
    return own("setErrorHandler", pipeline -> pipeline.setErrorHandler(errorHandler));
  }

  /** See {@link RecordPipelineBuilder#setThreadFactory}. */
  public UserEventsMetricExporterBuilder setThreadFactory(ThreadFactory threadFactory) {
    return own("setThreadFactory", pipeline -> pipeline.setThreadFactory(threadFactory));
  }

  /** See {@link RecordPipelineBuilder#setConsumerCpu}. */
  public UserEventsMetricExporterBuilder setConsumerCpu(int consumerCpu) {
    return own("setConsumerCpu", pipeline -> pipeline.setConsumerCpu(consumerCpu));
  }

  /** See {@link RecordPipelineBuilder#setConsumerCpuRequired}. */
  public UserEventsMetricExporterBuilder setConsumerCpuRequired(boolean consumerCpuRequired) {
    return own(
        "setConsumerCpuRequired", pipeline -> pipeline.setConsumerCpuRequired(consumerCpuRequired));
  }

  /** See {@link RecordPipelineBuilder#setStateListener}. */
  public UserEventsMetricExporterBuilder setStateListener(TracepointStateListener stateListener) {
    return own("setStateListener", pipeline -> pipeline.setStateListener(stateListener));
  }

  /** See {@link RecordPipelineBuilder#setEventName}. */
  public UserEventsMetricExporterBuilder setEventName(String eventName) {
    return own("setEventName", pipeline -> pipeline.setEventName(eventName));
  }

  /** See {@link RecordPipelineBuilder#setTracefs}. */
  public UserEventsMetricExporterBuilder setTracefs(Path tracefs) {
    return own("setTracefs", pipeline -> pipeline.setTracefs(tracefs));
  }

  /** See {@link RecordPipelineBuilder#setDataFileDescriptor}. */
  public UserEventsMetricExporterBuilder setDataFileDescriptor(int dataFileDescriptor) {
    return own(
        "setDataFileDescriptor", pipeline -> pipeline.setDataFileDescriptor(dataFileDescriptor));
  }

  /** See {@link RecordPipelineBuilder#setRetryPeriod}. */
  public UserEventsMetricExporterBuilder setRetryPeriod(Duration retryPeriod) {
    return own("setRetryPeriod", pipeline -> pipeline.setRetryPeriod(retryPeriod));
  }

  /** See {@link RecordPipelineBuilder#setTracepoint}. */
  public UserEventsMetricExporterBuilder setTracepoint(Tracepoint tracepoint) {
    return own("setTracepoint", pipeline -> pipeline.setTracepoint(tracepoint));
  }

  /**
   * Starts the exporter; see {@link RecordPipelineBuilder#build}. Where there can be no pipeline,
   * because a library or the SDK is missing or does not fit, a flag of the JVM forbids what it
   * does, or memory lacks, this logs one warning that says what to do, and returns an exporter that
   * does nothing: its exports succeed and are counted as {@linkplain
   * ExporterStatistics#skippedExports skipped}.
   *
   * @throws IllegalStateException if a pipeline was given and settings of one as well, or if {@link
   *     #setOnePointPerEvent} contradicts another setting; names both
   */
  public UserEventsMetricExporter build() {
    RecordPipeline pipeline = givenPipeline;
    String problem = SdkVersions.problem();
    if (problem != null) {
      return disabled(problem);
    }
    if (onePointPerEvent) {
      requireNoContradiction(pipeline);
    }
    if (pipeline == null) {
      try {
        // Anew for each build, which may follow one with another choice.
        RecordPipelineBuilder own =
            ownPipeline()
                .setGatherRecords(gatherRecords == null ? !onePointPerEvent : gatherRecords);
        pipeline = own.build();
      } catch (PipelineUnavailableException e) {
        return disabled(e.getMessage());
      }
    } else if (!ownPipelineSettings.isEmpty()) {
      throw new IllegalStateException(
          "a pipeline was given, so its settings are to be made where it is built: "
              + String.join(", ", ownPipelineSettings));
    }
    UserEventsMetricExporterBuilder settings = copy();
    ExportWarmUp.once();
    ExporterCore core =
        new PipelineCore(settings, pipeline, /* ownsPipeline= */ givenPipeline == null);
    LateMeterProvider late = settings.lateMeterProvider();
    if (late == null) {
      return new UserEventsMetricExporter(settings, core);
    }
    if (!SdkVersions.hasAutoConfigureListener()) {
      ThrottledLog.log(
          LOGGER,
          Level.WARNING,
          "the exporter has no metrics about itself: " + SdkVersions.noAutoConfigureListener(),
          null);
      return new UserEventsMetricExporter(settings, core);
    }
    return AutoConfiguredExporter.of(settings, core, late);
  }

  /** Returns where the meter provider arrives once the SDK is built, or null. */
  @Nullable LateMeterProvider lateMeterProvider() {
    return meterProvider instanceof LateMeterProvider late ? late : null;
  }

  MemoryMode memoryMode() {
    MemoryMode set = memoryMode;
    return set == null ? MemoryMode.REUSABLE_DATA : set;
  }

  /** Not the mode itself, whose class an SDK that is too old has not. */
  String memoryModeText() {
    return memoryMode == null ? "REUSABLE_DATA" : memoryMode.toString();
  }

  private UserEventsMetricExporter disabled(@Nullable String problem) {
    ThrottledLog.log(
        LOGGER,
        Level.WARNING,
        "metrics are not exported to the tracepoint, and the application runs on without: "
            + problem,
        null);
    return UserEventsMetricExporter.disabled(this, String.valueOf(problem));
  }

  private RecordPipelineBuilder ownPipeline() {
    RecordPipelineBuilder own = ownPipeline;
    if (own == null) {
      own =
          RecordPipeline.builder()
              .setPacing(DEFAULT_PACING_BYTES_PER_SECOND, DEFAULT_PACING_BURST_BYTES);
      setLengths(own);
      ownPipeline = own;
    }
    return own;
  }

  /** As it takes effect. */
  int maxPointsPerRecord() {
    if (maxPointsPerRecord != null) {
      return maxPointsPerRecord;
    }
    return onePointPerEvent ? 1 : UNLIMITED_POINTS_PER_RECORD;
  }

  private void requireNoContradiction(@Nullable RecordPipeline pipeline) {
    if (maxPointsPerRecord != null && maxPointsPerRecord != 1) {
      throw contradiction(
          "maxPointsPerRecord=" + maxPointsPerRecord,
          "setMaxPointsPerRecord, max_points_per_record",
          "leave the latter out or set it to 1");
    }
    if (Boolean.TRUE.equals(gatherRecords)) {
      throw contradiction(
          "gatherRecords=true",
          "setGatherRecords, gather_records",
          "leave the latter out or set it to false");
    }
    if (pipeline != null && pipeline.gathersRecords()) {
      throw contradiction(
          "pipeline=" + pipeline,
          "setPipeline, which gathers records",
          "build the pipeline with setGatherRecords(false)");
    }
  }

  private static IllegalStateException contradiction(String setting, String names, String remedy) {
    return new IllegalStateException(
        "onePointPerEvent=true (setOnePointPerEvent, one_point_per_event) contradicts "
            + setting
            + " ("
            + names
            + "): "
            + remedy
            + ", or leave onePointPerEvent out");
  }

  private UserEventsMetricExporterBuilder own(
      String setter, Consumer<RecordPipelineBuilder> setting) {
    setting.accept(ownPipeline());
    ownPipelineSettings.add(setter);
    return this;
  }
}
