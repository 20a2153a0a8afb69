// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.affinity.CpuSet;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.exporter.UserEventsMetricReaderBuilder;
import io.userevents.exporter.internal.autoconfigure.Setting.Property;
import io.userevents.pipeline.ConsumerWaitStrategy;
import io.userevents.tracepoint.EventLayout;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lists every setting that can be set without code. A new setting is a line here and a row in
 * {@code docs/configuration.md}.
 */
final class Settings {

  /** The name of the exporter, in {@code otel.metrics.exporter} and in YAML. */
  static final String EXPORTER = "user_events";

  /** The name of the reader that collects while a listener is attached, in the same two places. */
  static final String READER = "user_events_on_attach";

  private static final String UNITS =
      "(ms without a unit; in properties also ns, us, ms, s, m, h, d)";

  /** The version of the SDK's metrics about itself; exporters record theirs with the latest. */
  private static final Format<Boolean> TELEMETRY_VERSION =
      Format.choice(Map.of("legacy", false, "latest", true), "legacy, latest");

  /** The settings of the reader alone; it also has those of its exporter. */
  static final List<Setting<UserEventsMetricReaderBuilder, ?>> OF_READER =
      List.of(
          Setting.ownOrShared(
              "interval",
              "otel.metric.export.interval",
              Format.duration("more than 0 " + UNITS),
              UserEventsMetricReaderBuilder::setInterval),
          Setting.own(
              "attach_delay",
              Format.duration("0 to 10 s " + UNITS),
              UserEventsMetricReaderBuilder::setAttachDelay),
          Setting.own(
              "poll_period",
              Format.duration("1 to 100 ms " + UNITS),
              UserEventsMetricReaderBuilder::setPollPeriod),
          Setting.own(
              "idle_collection_interval",
              Format.duration("0 or more, 0 for never " + UNITS),
              UserEventsMetricReaderBuilder::setIdleCollectionInterval));

  private Settings() {}

  /**
   * Returns the settings of the exporter.
   *
   * @param sdk supplies the meter provider of the SDK that the exporter is made for, once it exists
   */
  static List<Setting<UserEventsMetricExporterBuilder, ?>> ofExporter(Supplier<MeterProvider> sdk) {
    return List.of(
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
        Setting.ownOrShared(
            "memory_mode",
            "otel.java.exporter.memory_mode",
            Format.constants(MemoryMode.class),
            UserEventsMetricExporterBuilder::setMemoryMode),
        Setting.own(
            "one_point_per_event",
            Format.bool(),
            UserEventsMetricExporterBuilder::setOnePointPerEvent),
        Setting.own(
            "max_points_per_record",
            Format.integer("1 or more"),
            UserEventsMetricExporterBuilder::setMaxPointsPerRecord),
        Setting.own(
            "excluded_resource_attributes",
            Format.texts("names with * and ?, e.g. process.*; none"),
            UserEventsMetricExporterBuilder::setExcludedResourceAttributes),
        Setting.own(
            "encoding_cache_memory",
            Format.integer("bytes, 0 or more"),
            UserEventsMetricExporterBuilder::setEncodingCacheMemory),
        Setting.own(
            "max_record_length",
            Format.integer("bytes, 1 to " + EventLayout.MAX_LENGTH_PERF),
            UserEventsMetricExporterBuilder::setMaxRecordLength),
        Setting.own(
            "max_single_point_record_length",
            Format.integer("bytes, 1 to " + EventLayout.MAX_LENGTH_PERF),
            UserEventsMetricExporterBuilder::setMaxSinglePointRecordLength),
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
            "max_export_wait",
            Format.duration("0 to 1 day " + UNITS),
            UserEventsMetricExporterBuilder::setMaxExportWait),
        Setting.own(
            "pacing",
            PacingFormat.INSTANCE,
            (builder, rate) -> builder.setPacing(rate.bytesPerSecond(), rate.burstBytes())),
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
            "tracefs",
            Format.path("a folder, or user_events_data in one"),
            UserEventsMetricExporterBuilder::setTracefs),
        Setting.own(
            "data_file_descriptor",
            Format.integer("0 or more, -1 for none"),
            UserEventsMetricExporterBuilder::setDataFileDescriptor),
        Setting.own(
            "retry_period",
            Format.duration("1 ms to 1 day " + UNITS),
            UserEventsMetricExporterBuilder::setRetryPeriod),
        Setting.ownOrSdk(
            "self_metrics",
            Format.bool(),
            new Property<>("otel.experimental.sdk.telemetry.version", TELEMETRY_VERSION),
            new Property<>("internal_telemetry_version", TELEMETRY_VERSION),
            (builder, on) -> {
              if (on) {
                builder.setMeterProvider(sdk);
              }
            }));
  }

  /**
   * Returns whether the SDK has the classes of the values. If it does not, the exporter does
   * nothing and its builder logs why, so the settings do not matter.
   */
  static boolean fitTheSdk() {
    try {
      return MemoryMode.class.isEnum();
    } catch (NoClassDefFoundError e) {
      // The class came with 1.31.0.
      return false;
    }
  }

  /**
   * Builds the exporter.
   *
   * @param name name of the component, for the message
   * @throws ConfigurationException if settings that are each allowed do not fit together or do not
   *     fit this machine
   */
  static UserEventsMetricExporter build(String name, UserEventsMetricExporterBuilder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ConfigurationException(
          "metric exporter " + name + " cannot be built: " + e.getMessage(), e);
    }
  }

  /**
   * Builds the reader, and its exporter.
   *
   * @param readerSettings applies the settings to the reader's builder; if it throws, the exporter
   *     is closed
   * @throws ConfigurationException in the same cases as {@link #build}, and if {@code
   *     readerSettings} throws it
   */
  static UserEventsMetricReader buildReader(
      UserEventsMetricExporterBuilder exporterBuilder,
      Consumer<UserEventsMetricReaderBuilder> readerSettings) {
    UserEventsMetricExporter exporter = build(READER, exporterBuilder);
    try {
      UserEventsMetricReaderBuilder builder = UserEventsMetricReader.builder(exporter);
      readerSettings.accept(builder);
      return builder.build();
    } catch (RuntimeException e) {
      // No other code has this exporter.
      exporter.close();
      throw e;
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
