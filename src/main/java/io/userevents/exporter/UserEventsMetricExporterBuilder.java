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
 * A builder of a {@link UserEventsMetricExporter}. It is not thread-safe.
 *
 * <p>The settings of the ring, its consumer and the tracepoint apply to the exporter's own
 * pipeline. If you pass a pipeline to {@link #setPipeline}, set them where you build that pipeline.
 *
 * @since 0.1.0
 */
public final class UserEventsMetricExporterBuilder {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());

  /** The default number of points in a record: as many as fit. */
  public static final int UNLIMITED_POINTS_PER_RECORD = Integer.MAX_VALUE;

  /**
   * The default memory for encoded parts in bytes: a sixteenth of this JVM's largest heap ({@link
   * Runtime#maxMemory()}), at least 4 MiB and at most 256 MiB. 4 MiB have room for some 8,000
   * attribute sets of four attributes each.
   */
  public static final int DEFAULT_ENCODING_CACHE_MEMORY =
      (int) Math.max(4 << 20, Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 16));

  /**
   * The attributes of resources that are left out by default: the command line. It can make each
   * record longer by kilobytes, and can contain passwords.
   */
  public static final List<String> DEFAULT_EXCLUDED_RESOURCE_ATTRIBUTES =
      NamePatterns.COMMAND_LINE.patterns();

  /**
   * The default length of the longest record with a single point in bytes: the longest event that
   * perf delivers.
   */
  public static final int DEFAULT_MAX_SINGLE_POINT_RECORD_LENGTH = EventLayout.MAX_LENGTH_PERF;

  /**
   * The default of the longest wait of an export for the ring: 60 s, which is also the SDK's
   * default interval between two exports. At the default pacing, a million points take 14 s, and 36
   * s with an event for each point. The SDK's reader exports on the thread that calls {@code
   * forceFlush} or {@code shutdown}, so this also bounds these calls.
   */
  public static final Duration DEFAULT_MAX_EXPORT_WAIT = Duration.ofSeconds(60);

  /** The default rate at which events may fill the readers' buffers, in bytes per second: 8 MiB. */
  public static final long DEFAULT_PACING_BYTES_PER_SECOND = 8L << 20;

  /**
   * The default burst with which events may fill a reader's buffer after a pause, in bytes: 64 KiB.
   */
  public static final int DEFAULT_PACING_BURST_BYTES = 64 << 10;

  private static final Duration LONGEST_MAX_EXPORT_WAIT = Duration.ofDays(1);

  /**
   * The builder of the exporter's own pipeline; null until it is needed, because its classes need
   * Disruptor and Agrona.
   */
  private @Nullable RecordPipelineBuilder ownPipeline;

  /**
   * The setters that were called on this builder and have no effect on a pipeline that is set.
   * Settings that a copy had from the beginning do not conflict with such a pipeline.
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

  /** Whether a back-pressure policy was set for the exporter's own pipeline. */
  private boolean hasOwnPolicy;

  private int maxRecordLength = RecordPipelineBuilder.DEFAULT_MAX_RECORD_LENGTH;
  int maxSinglePointRecordLength = DEFAULT_MAX_SINGLE_POINT_RECORD_LENGTH;
  NamePatterns excludedResourceAttributes = NamePatterns.COMMAND_LINE;
  int encodingCacheMemory = DEFAULT_ENCODING_CACHE_MEMORY;
  AggregationTemporalitySelector aggregationTemporalitySelector =
      AggregationTemporalitySelector.deltaPreferred();
  DefaultAggregationSelector defaultAggregationSelector = DefaultAggregationSelector.getDefault();

  /** The memory mode; null for the default, because an SDK that is too old has no such class. */
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
   * Sets the temporality by type of instrument.
   *
   * @param selector the temporality; the default is delta, and cumulative for up-down counters
   *     ({@link AggregationTemporalitySelector#deltaPreferred()})
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setAggregationTemporalitySelector(
      AggregationTemporalitySelector selector) {
    aggregationTemporalitySelector = requireNonNull(selector, "selector");
    return this;
  }

  /**
   * Sets the aggregation by type of instrument.
   *
   * @param selector the aggregation; default {@link DefaultAggregationSelector#getDefault()}
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setDefaultAggregationSelector(
      DefaultAggregationSelector selector) {
    defaultAggregationSelector = requireNonNull(selector, "selector");
    return this;
  }

  /**
   * Sets whether the SDK may reuse the data that it passes to the exporter. With {@link
   * MemoryMode#IMMUTABLE_DATA} and delta temporality, attributes that the application creates for
   * each measurement are encoded again for each export.
   *
   * @param memoryMode the mode; default {@link MemoryMode#REUSABLE_DATA}, because points are
   *     encoded before {@code export} returns
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setMemoryMode(MemoryMode memoryMode) {
    this.memoryMode = requireNonNull(memoryMode, "memoryMode");
    return this;
  }

  /**
   * Sets the provider of the exporter's own metrics; see {@link #setMeterProvider(Supplier)}.
   *
   * @param meterProvider the provider
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setMeterProvider(MeterProvider meterProvider) {
    requireNonNull(meterProvider, "meterProvider");
    return setMeterProvider(() -> meterProvider);
  }

  /**
   * Sets the provider to which the exporter records metrics about itself: those that the semantic
   * conventions define for every exporter, and those of its ring and tracepoint ({@code
   * docs/monitoring.md} lists all). By default it records none. The SDK's own exporters record the
   * former with {@code InternalTelemetryVersion.LATEST}, which is not their default either.
   *
   * <p>The exporting thread calls the supplier at the first export, with or without a listener, and
   * not before. So the supplier may return the provider that this exporter is being built for. A
   * {@link UserEventsMetricReader} calls it once an interval while no listener is attached, the
   * first time after one interval. While the answer is null or {@link MeterProvider#noop()}, which
   * both mean that there is no provider yet, the next export calls it again. Later only exports
   * that find a listener call it, and they should receive the same provider each time.
   *
   * <p>Each export calls the instruments once, also on the thread that completes results, which
   * they should not hold up. If the supplier or an instrument throws, this is logged once and the
   * export continues.
   *
   * @param meterProvider supplier of the provider
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setMeterProvider(Supplier<MeterProvider> meterProvider) {
    this.meterProvider = requireNonNull(meterProvider, "meterProvider");
    return this;
  }

  /**
   * Sets whether each point becomes a separate event, as the Rust and .NET exporters write them. A
   * record then has one point, and records are not gathered. Events come in the order in which the
   * SDK passes the points. {@code docs/other-exporters.md} compares the content of the events field
   * by field.
   *
   * <p>The setting is the same as {@link #setMaxPointsPerRecord} with 1 and {@link
   * #setGatherRecords} with false. {@link #build} refuses other values of these two, and a pipeline
   * that gathers.
   *
   * @param onePointPerEvent whether each point is an event; the default, false, puts as many points
   *     into an event as fit
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setOnePointPerEvent(boolean onePointPerEvent) {
    this.onePointPerEvent = onePointPerEvent;
    return this;
  }

  /**
   * Sets how many points a record has at most. For one point in each event, see {@link
   * #setOnePointPerEvent}.
   *
   * @param maxPointsPerRecord most points, 1 or more; by default a record has as many as fit
   * @return this builder
   * @throws IllegalArgumentException if the number is below 1
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
   * Sets how much memory the exporter uses to keep encoded parts for the next export: resources,
   * scopes, metric headers and attribute sets. The memory grows with the exported series, up to
   * this limit. An attribute set takes 52 bytes, its length in OTLP, and 256 bytes as an estimate
   * for the object, which stays reachable. Attribute sets beyond the limit are encoded again each
   * time, which takes a few hundred nanoseconds for each.
   *
   * @param encodingCacheMemory memory in bytes, 0 or more; default {@link
   *     #DEFAULT_ENCODING_CACHE_MEMORY}. With 0 the exporter keeps nothing
   * @return this builder
   * @throws IllegalArgumentException if the number is negative
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
   * Sets how long an export may wait in all while the ring is full. An export that is larger than
   * the ring fills it faster than the kernel takes the records; the wait gives the consumer the
   * time that it needs. When the wait is used up, or the thread is interrupted, the back-pressure
   * policy decides on each further record. The wait ends early when the listener detaches or the
   * pipeline is closed.
   *
   * <p>Only threads that call {@code export} wait. For {@linkplain
   * UserEventsMetricExporter#preparedPoints prepared points} and other records of the pipeline,
   * only the policy decides. The SDK's {@code PeriodicMetricReader} exports on the thread that
   * calls {@code forceFlush} or {@code shutdown} of the reader or of its provider, so these calls
   * may wait for as long.
   *
   * @param maxExportWait longest wait, 0 to 1 day; with 0 the policy decides at once. The default
   *     is 0 if {@link #setBackPressurePolicy} was called, so that only the policy decides;
   *     otherwise it is {@link #DEFAULT_MAX_EXPORT_WAIT}, also with a pipeline that was set
   * @return this builder
   * @throws IllegalArgumentException if the wait is not in that range
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
   * Sets the pipeline to publish through. Other exporters and publishers may share it. It still
   * belongs to its owner: a shutdown of the exporter writes the exported records, but does not
   * close the pipeline.
   *
   * @param pipeline the pipeline; by default the exporter builds its own
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setPipeline(RecordPipeline pipeline) {
    givenPipeline = requireNonNull(pipeline, "pipeline");
    return this;
  }

  /**
   * Sets which attributes of resources are left out of all records. Every record has all other
   * attributes of its resource, so an attribute that no reader needs costs its length in each
   * record. An entity that such an attribute identifies is left out too.
   *
   * @param patterns names of attributes, in which {@code *} stands for any characters and {@code ?}
   *     for one, such as {@code process.*}. They replace the default, {@link
   *     #DEFAULT_EXCLUDED_RESOURCE_ATTRIBUTES}; an empty collection excludes nothing
   * @return this builder
   * @throws IllegalArgumentException if a pattern is blank
   */
  public UserEventsMetricExporterBuilder setExcludedResourceAttributes(
      Collection<String> patterns) {
    excludedResourceAttributes = NamePatterns.of(requireNonNull(patterns, "patterns"));
    return this;
  }

  /**
   * Sets how long a record of several points, and an event of several records, may be. The parts
   * around the points have shares of this length: a half for a resource, an eighth for a scope, and
   * an eighth for a metric's name, description and unit. A part that takes more is cut, which is
   * logged once.
   *
   * @param maxRecordLength length in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}; default
   *     {@link RecordPipelineBuilder#DEFAULT_MAX_RECORD_LENGTH}. Above the default, ftrace loses
   *     the events without an error
   * @return this builder
   * @throws IllegalArgumentException if the length is not in that range
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
   * Sets how long a record may be that has only one point, because that point does not fit into a
   * {@linkplain #setMaxRecordLength record of several}. Each slot of the ring has room for such a
   * record. The setting has no effect if it is less than the limit of records of several points.
   *
   * @param maxSinglePointRecordLength length in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF},
   *     which is the default. ftrace loses records above {@link EventLayout#MAX_LENGTH_FTRACE}
   *     without an error
   * @return this builder
   * @throws IllegalArgumentException if the length is not in that range
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

  /**
   * Sets whether records that wait together are written as one event; see {@link
   * RecordPipelineBuilder#setGatherRecords}.
   *
   * @param gatherRecords whether to gather records
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setGatherRecords(boolean gatherRecords) {
    this.gatherRecords = gatherRecords;
    return own("setGatherRecords", pipeline -> pipeline.setGatherRecords(gatherRecords));
  }

  /**
   * Sets the number of the ring's slots; see {@link RecordPipelineBuilder#setRingSlots}.
   *
   * @param ringSlots number of slots
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setRingSlots(int ringSlots) {
    return own("setRingSlots", pipeline -> pipeline.setRingSlots(ringSlots));
  }

  /**
   * Sets the policy for records that find no slot; see {@link
   * RecordPipelineBuilder#setBackPressurePolicy}. If you do not also call {@link
   * #setMaxExportWait}, exports then wait only as long as the policy does.
   *
   * @param backPressurePolicy the policy
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setBackPressurePolicy(
      BackPressurePolicy backPressurePolicy) {
    own("setBackPressurePolicy", pipeline -> pipeline.setBackPressurePolicy(backPressurePolicy));
    hasOwnPolicy = true;
    return this;
  }

  /**
   * Sets how fast events may fill the buffers of their readers, so that a large export does not
   * overwrite events that a reader has not read yet; see {@link RecordPipelineBuilder#setPacing}.
   * An export that is larger than the ring then waits, up to its {@linkplain #setMaxExportWait
   * longest wait}. A pipeline that is set has its own pacing.
   *
   * @param bytesPerSecond bytes per second, 1,000 to 1,000,000,000,000; default {@link
   *     #DEFAULT_PACING_BYTES_PER_SECOND}. 0 together with {@code burstBytes} 0 for no pacing
   * @param burstBytes bytes of a burst after a pause, at least the cost of the longest event and at
   *     most 1,073,741,824; default {@link #DEFAULT_PACING_BURST_BYTES}
   * @return this builder
   * @throws IllegalArgumentException if either is not in its range
   */
  public UserEventsMetricExporterBuilder setPacing(long bytesPerSecond, int burstBytes) {
    return own("setPacing", pipeline -> pipeline.setPacing(bytesPerSecond, burstBytes));
  }

  /**
   * Sets how the consumer waits for records; see {@link RecordPipelineBuilder#setWaitStrategy}.
   *
   * @param waitStrategy the strategy
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setWaitStrategy(ConsumerWaitStrategy waitStrategy) {
    return own("setWaitStrategy", pipeline -> pipeline.setWaitStrategy(waitStrategy));
  }

  /**
   * Sets how the consumer waits for records, by a strategy of Agrona or of the application; see
   * {@link RecordPipelineBuilder#setIdleStrategy}.
   *
   * @param idleStrategy the strategy
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setIdleStrategy(IdleStrategy idleStrategy) {
    return own("setIdleStrategy", pipeline -> pipeline.setIdleStrategy(idleStrategy));
  }

  /**
   * Sets the handler of errors that the consumer cannot handle; see {@link
   * RecordPipelineBuilder#setErrorHandler}.
   *
   * @param errorHandler the handler
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setErrorHandler(ErrorHandler errorHandler) {
    return own("setErrorHandler", pipeline -> pipeline.setErrorHandler(errorHandler));
  }

  /**
   * Sets the factory of the consumer's thread; see {@link RecordPipelineBuilder#setThreadFactory}.
   *
   * @param threadFactory the factory
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setThreadFactory(ThreadFactory threadFactory) {
    return own("setThreadFactory", pipeline -> pipeline.setThreadFactory(threadFactory));
  }

  /**
   * Sets the CPU that the consumer's thread runs on; see {@link
   * RecordPipelineBuilder#setConsumerCpu}.
   *
   * @param consumerCpu number of the CPU
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setConsumerCpu(int consumerCpu) {
    return own("setConsumerCpu", pipeline -> pipeline.setConsumerCpu(consumerCpu));
  }

  /**
   * Sets whether the build fails if the consumer cannot run on the CPU that was set; see {@link
   * RecordPipelineBuilder#setConsumerCpuRequired}.
   *
   * @param consumerCpuRequired whether the CPU is required
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setConsumerCpuRequired(boolean consumerCpuRequired) {
    return own(
        "setConsumerCpuRequired", pipeline -> pipeline.setConsumerCpuRequired(consumerCpuRequired));
  }

  /**
   * Sets the listener that is called when the state of the tracepoint changes; see {@link
   * RecordPipelineBuilder#setStateListener}.
   *
   * @param stateListener the listener
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setStateListener(TracepointStateListener stateListener) {
    return own("setStateListener", pipeline -> pipeline.setStateListener(stateListener));
  }

  /**
   * Sets the name of the kernel's tracepoint that records are written to; see {@link
   * RecordPipelineBuilder#setEventName}.
   *
   * @param eventName name of the tracepoint
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setEventName(String eventName) {
    return own("setEventName", pipeline -> pipeline.setEventName(eventName));
  }

  /**
   * Sets the path of {@code user_events_data} or of the folder on which tracefs is mounted; see
   * {@link RecordPipelineBuilder#setTracefs}.
   *
   * @param tracefs the folder or the file
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setTracefs(Path tracefs) {
    return own("setTracefs", pipeline -> pipeline.setTracefs(tracefs));
  }

  /**
   * Sets an open descriptor of {@code user_events_data}; see {@link
   * RecordPipelineBuilder#setDataFileDescriptor}.
   *
   * @param dataFileDescriptor number of the descriptor, or -1 for none
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setDataFileDescriptor(int dataFileDescriptor) {
    return own(
        "setDataFileDescriptor", pipeline -> pipeline.setDataFileDescriptor(dataFileDescriptor));
  }

  /**
   * Sets the longest pause between two attempts to register the tracepoint; see {@link
   * RecordPipelineBuilder#setRetryPeriod}.
   *
   * @param retryPeriod longest pause
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setRetryPeriod(Duration retryPeriod) {
    return own("setRetryPeriod", pipeline -> pipeline.setRetryPeriod(retryPeriod));
  }

  /**
   * Sets the tracepoint that records are written to; see {@link
   * RecordPipelineBuilder#setTracepoint}.
   *
   * @param tracepoint the tracepoint
   * @return this builder
   */
  public UserEventsMetricExporterBuilder setTracepoint(Tracepoint tracepoint) {
    return own("setTracepoint", pipeline -> pipeline.setTracepoint(tracepoint));
  }

  /**
   * Builds the exporter and starts its pipeline, and does not wait for the kernel: the first
   * {@linkplain UserEventsMetricExporter#export export} does, if the tracepoint is not registered
   * by then. There can be no pipeline if a library or the SDK is missing or has an unsuitable
   * version, a flag of the JVM forbids an operation of a library, or memory is short. In this case
   * the method logs one warning that says what to do, and returns an exporter that does nothing:
   * its exports succeed and are counted as {@linkplain ExporterStatistics#skippedExports skipped}.
   *
   * @return the exporter
   * @throws IllegalStateException if both a pipeline and settings of a pipeline were set, or if
   *     {@link #setOnePointPerEvent} contradicts another setting; the message names both
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
        // This is set again for each build, because an earlier one may have had another choice.
        RecordPipelineBuilder own =
            ownPipeline()
                // The first export waits instead.
                .setRegistrationWait(Duration.ZERO)
                .setGatherRecords(gatherRecords == null ? !onePointPerEvent : gatherRecords);
        pipeline = own.build();
      } catch (PipelineUnavailableException e) {
        return disabled(e.getMessage());
      }
    } else if (!ownPipelineSettings.isEmpty()) {
      throw new IllegalStateException(
          "a pipeline was given; make these settings where it is built: "
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

  /** Returns the object that receives the meter provider once the SDK is built, or null. */
  @Nullable LateMeterProvider lateMeterProvider() {
    return meterProvider instanceof LateMeterProvider late ? late : null;
  }

  MemoryMode memoryMode() {
    MemoryMode set = memoryMode;
    return set == null ? MemoryMode.REUSABLE_DATA : set;
  }

  /** Returns the memory mode as text, because an SDK that is too old does not have its class. */
  String memoryModeText() {
    return memoryMode == null ? "REUSABLE_DATA" : memoryMode.toString();
  }

  private UserEventsMetricExporter disabled(@Nullable String problem) {
    ThrottledLog.log(
        LOGGER,
        Level.WARNING,
        "metrics are not exported to the tracepoint, and the application runs on without them: "
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

  /** Returns the number of points that takes effect. */
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
