// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.pipeline.RecordPipelineBuilder;
import io.userevents.tracepoint.Tracepoint;

/** Configures a {@link UserEventsMetricExporter}. Not thread-safe. */
public final class UserEventsMetricExporterBuilder {

  /** As many points as fit into a record. */
  public static final int UNLIMITED_POINTS_PER_RECORD = Integer.MAX_VALUE;

  /** In bytes: 4 MiB, for some 30,000 attribute sets of four attributes each. */
  public static final int DEFAULT_ENCODING_CACHE_MEMORY = 4 << 20;

  private final RecordPipelineBuilder pipeline = RecordPipeline.builder();
  private int maxPointsPerRecord = UNLIMITED_POINTS_PER_RECORD;
  private int encodingCacheMemory = DEFAULT_ENCODING_CACHE_MEMORY;
  private AggregationTemporalitySelector aggregationTemporalitySelector =
      AggregationTemporalitySelector.deltaPreferred();
  private DefaultAggregationSelector defaultAggregationSelector =
      DefaultAggregationSelector.getDefault();
  private MemoryMode memoryMode = MemoryMode.REUSABLE_DATA;

  UserEventsMetricExporterBuilder() {}

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
   * since points are encoded before {@code export} returns.
   */
  public UserEventsMetricExporterBuilder setMemoryMode(MemoryMode memoryMode) {
    this.memoryMode = requireNonNull(memoryMode, "memoryMode");
    return this;
  }

  /**
   * Sets how many points a record has at most; 1 gives one event per point if records are not
   * gathered either, as the Rust and .NET exporters do. Default: as many as fit.
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
   * this limit; an attribute set takes 48 bytes and its length in OTLP. Its own objects, which the
   * SDK keeps as well while they are in use, are kept in addition. Attribute sets beyond the limit
   * are encoded anew each time, which takes a few hundred nanoseconds for each.
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
   * Sets the longest record, which is the longest event too; see {@link
   * RecordPipelineBuilder#setMaxRecordLength}.
   */
  public UserEventsMetricExporterBuilder setMaxRecordLength(int maxRecordLength) {
    pipeline.setMaxRecordLength(maxRecordLength).setMaxEventLength(maxRecordLength);
    return this;
  }

  /** See {@link RecordPipelineBuilder#setGatherRecords}. */
  public UserEventsMetricExporterBuilder setGatherRecords(boolean gatherRecords) {
    pipeline.setGatherRecords(gatherRecords);
    return this;
  }

  /** See {@link RecordPipelineBuilder#setRingSlots}. */
  public UserEventsMetricExporterBuilder setRingSlots(int ringSlots) {
    pipeline.setRingSlots(ringSlots);
    return this;
  }

  /** See {@link RecordPipelineBuilder#setEventName}. */
  public UserEventsMetricExporterBuilder setEventName(String eventName) {
    pipeline.setEventName(eventName);
    return this;
  }

  /** See {@link RecordPipelineBuilder#setTracepoint}. */
  public UserEventsMetricExporterBuilder setTracepoint(Tracepoint tracepoint) {
    pipeline.setTracepoint(tracepoint);
    return this;
  }

  /** Starts the exporter; see {@link RecordPipelineBuilder#build}. */
  public UserEventsMetricExporter build() {
    return new UserEventsMetricExporter(
        pipeline.build(),
        maxPointsPerRecord,
        encodingCacheMemory,
        aggregationTemporalitySelector,
        defaultAggregationSelector,
        memoryMode);
  }
}
