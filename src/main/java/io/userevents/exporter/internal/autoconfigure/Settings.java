// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.affinity.CpuSet;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.pipeline.ConsumerWaitStrategy;
import io.userevents.tracepoint.EventLayout;
import java.util.List;
import java.util.Map;

/**
 * Every setting that can be made without code. A new one is a line here and a row in {@code
 * docs/configuration.md}.
 */
final class Settings {

  /** Of the exporter, in {@code otel.metrics.exporter} and in YAML. */
  static final String EXPORTER = "user_events";

  static final List<Setting<?>> ALL =
      List.of(
          Setting.ownOrShared(
              "temporality_preference",
              "otel.exporter.otlp.metrics.temporality.preference",
              temporality(),
              UserEventsMetricExporterBuilder::setAggregationTemporalitySelector),
          Setting.ownOrShared(
              "default_histogram_aggregation",
              "otel.exporter.otlp.metrics.default.histogram.aggregation",
              histogramAggregation(),
              UserEventsMetricExporterBuilder::setDefaultAggregationSelector),
          Setting.shared(
              "memory_mode",
              "otel.java.exporter.memory_mode",
              Format.constants(MemoryMode.class),
              UserEventsMetricExporterBuilder::setMemoryMode),
          Setting.own(
              "max_points_per_record",
              Format.integer("1 or more"),
              UserEventsMetricExporterBuilder::setMaxPointsPerRecord),
          Setting.own(
              "encoding_cache_memory",
              Format.integer("bytes, 0 or more"),
              UserEventsMetricExporterBuilder::setEncodingCacheMemory),
          Setting.own(
              "max_record_length",
              Format.integer("bytes, 1 to " + EventLayout.MAX_LENGTH_PERF),
              UserEventsMetricExporterBuilder::setMaxRecordLength),
          Setting.own(
              "gather_records", Format.bool(), UserEventsMetricExporterBuilder::setGatherRecords),
          Setting.own(
              "ring_slots",
              Format.integer("a power of two, 2 to 16777216"),
              UserEventsMetricExporterBuilder::setRingSlots),
          Setting.own(
              "back_pressure_policy",
              PolicyFormat.INSTANCE,
              UserEventsMetricExporterBuilder::setBackPressurePolicy),
          Setting.own(
              "wait_strategy",
              Format.constants(ConsumerWaitStrategy.class),
              UserEventsMetricExporterBuilder::setWaitStrategy),
          Setting.own(
              "consumer_cpu",
              Format.integer("0 to " + CpuSet.MAX_CPU),
              UserEventsMetricExporterBuilder::setConsumerCpu),
          Setting.own(
              "consumer_cpu_required",
              Format.bool(),
              UserEventsMetricExporterBuilder::setConsumerCpuRequired),
          Setting.own(
              "event_name",
              Format.text("letters, digits and underscores, at most 255, not a digit first"),
              UserEventsMetricExporterBuilder::setEventName),
          Setting.own(
              "tracefs", Format.path("a folder"), UserEventsMetricExporterBuilder::setTracefs),
          Setting.own(
              "retry_period",
              Format.duration(
                  "1 ms to 1 day (ms without a unit; in properties also us, ms, s, m, h, d)"),
              UserEventsMetricExporterBuilder::setRetryPeriod));

  private Settings() {}

  /**
   * Builds the exporter.
   *
   * @throws ConfigurationException if settings that are allowed by themselves do not fit together,
   *     or not this machine
   */
  static UserEventsMetricExporter build(UserEventsMetricExporterBuilder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ConfigurationException(
          "metric exporter " + EXPORTER + " cannot be built: " + e.getMessage(), e);
    }
  }

  private static Format<AggregationTemporalitySelector> temporality() {
    AggregationTemporalitySelector lowMemory = AggregationTemporalitySelector.lowMemory();
    // OTLP's exporters spell the last one without an underscore in properties, with one in YAML.
    return Format.choice(
        Map.of(
            "delta",
            AggregationTemporalitySelector.deltaPreferred(),
            "cumulative",
            AggregationTemporalitySelector.alwaysCumulative(),
            "low_memory",
            lowMemory,
            "lowmemory",
            lowMemory),
        "delta, cumulative, low_memory (or lowmemory)");
  }

  private static Format<DefaultAggregationSelector> histogramAggregation() {
    DefaultAggregationSelector selector = DefaultAggregationSelector.getDefault();
    return Format.choice(
        Map.of(
            "explicit_bucket_histogram",
            selector,
            "base2_exponential_bucket_histogram",
            selector.with(InstrumentType.HISTOGRAM, Aggregation.base2ExponentialBucketHistogram())),
        "explicit_bucket_histogram, base2_exponential_bucket_histogram");
  }
}
