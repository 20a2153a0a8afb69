// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.userevents.affinity.CpuSet;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class UserEventsMetricExporterProviderTest {

  private static final String PREFIX = "otel.exporter.user_events.";

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  @Test
  void shouldBeFoundByTheSdkAndHaveTheDefaultsOfTheBuilder() {
    UserEventsMetricExporter configured = exporters.fromSdk(with("tracefs", tracefs.toString()));
    String configuredLog = exporters.lastLog();
    UserEventsMetricExporter built =
        exporters.build(UserEventsMetricExporter.builder().setTracefs(tracefs));

    assertThat(configured).hasToString(built.toString());
    assertThat(configuredLog).isEqualTo(exporters.lastLog()).contains("every 1000 to 60000 ms");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one_point_per_event   | true            | onePointPerEvent=true, maxPointsPerRecord=1,
          one_point_per_event   | TRUE            | gatherRecords=false,
          one_point_per_event   | false           | onePointPerEvent=false, maxPointsPerRecord=2147483647,
          max_points_per_record | 7               | maxPointsPerRecord=7,
          encoding_cache_memory | 0               | encodingCacheMemory=0,
          max_record_length     | 2000            | maxRecordLength=8168, maxEventLength=2000,
          max_single_point_record_length | 5000   | maxRecordLength=5000, maxEventLength=4048,
          excluded_resource_attributes | os.*, host.name | excludedResourceAttributes=[os.*, host.name],
          excluded_resource_attributes | none     | excludedResourceAttributes=[],
          gather_records        | false           | gatherRecords=false
          gather_records        | TRUE            | gatherRecords=true
          ring_slots            | 64              | ringSlots=64,
          back_pressure_policy  | drop            | backPressurePolicy=drop,
          back_pressure_policy  | spin_then_drop:9 | backPressurePolicy=spinThenDrop(9),
          back_pressure_policy  | wait_then_drop:500us | backPressurePolicy=waitThenDrop(PT0.0005S),
          back_pressure_policy  | wait_then_drop: 2 | backPressurePolicy=waitThenDrop(PT0.002S),
          back_pressure_policy  | Wait_Unbounded  | backPressurePolicy=waitUnbounded,
          back_pressure_policy  | drop_by_priority:0.5, 1 | backPressurePolicy=dropByPriority[0.5, 1.0],
          max_export_wait       | 2s              | maxExportWait=PT2S,
          pacing                | 2000000:9000    | pacing=2000000B/s+9000B,
          pacing                | none            | pacing=none,
          max_export_wait       | 0               | maxExportWait=PT0S,
          wait_strategy         | busy_spin       | waitStrategy=BUSY_SPIN,
          wait_strategy         | Blocking        | waitStrategy=BLOCKING,
          consumer_cpu          | 0               | consumerCpu=0,
          event_name            | orders          | eventName=orders,
          data_file_descriptor  | 1000000         | dataFileDescriptor=1000000,
          data_file_descriptor  | -1              | dataFileDescriptor=default,
          retry_period          | 250             | retryPeriod=PT0.25S}
          """)
  void shouldSetWhatAPropertySays(String name, String value, String shown) {
    assertThat(configure(Map.of(PREFIX + name, value))).asString().contains(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "250, 250",
    "250ms, 250",
    "1500us, 1",
    "5000000ns, 5",
    "2s, 2000",
    "2 s, 2000",
    "86400000000us, 86400000"
  })
  void shouldReadPeriodsAsTheSdkDoes(String value, long ms) {
    configure(Map.of(PREFIX + "retry_period", value));

    assertThat(exporters.lastLog()).contains(" to " + ms + " ms");
  }

  @Test
  void shouldLookForTheTracepointWhereAPropertySays() {
    configure(Map.of());

    assertThat(exporters.lastLog()).contains(tracefs.resolve("user_events_data").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_EXPORTER_USER_EVENTS_RING_SLOTS, 64, ringSlots=64",
    "OTEL_EXPORTER_USER_EVENTS_EVENT_NAME, orders, eventName=orders",
    "OTEL_JAVA_EXPORTER_MEMORY_MODE, immutable_data, memoryMode=IMMUTABLE_DATA"
  })
  void shouldReadEnvironmentVariables(String variable, String value, String shown) {
    // What the SDK makes of a variable before anybody asks for a property.
    String key = variable.toLowerCase(Locale.ROOT).replace('_', '.');

    assertThat(configure(Map.of(key, value))).asString().contains(shown);
  }

  @Test
  void shouldTakeDotsForUnderscoresAsOtlpSpellsItsProperties() {
    assertThat(configure(Map.of(PREFIX + "temporality.preference", "cumulative")))
        .returns(
            AggregationTemporality.CUMULATIVE,
            exporter -> exporter.getAggregationTemporality(InstrumentType.COUNTER));
  }

  /** That this is how the starter reads them is shown with the starter, in module services. */
  @ParameterizedTest
  @CsvSource({
    "ring_slots, 64, ringSlots=64",
    "wait_strategy, blocking, waitStrategy=BLOCKING",
    "event_name, orders, eventName=orders"
  })
  void shouldFindWhatAnApplicationYamlSpellsWithUnderscores(
      String name, String value, String shown) {
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder().setTracefs(tracefs);
    ConfigProperties config = SpringProperties.of(Map.of(PREFIX + name, value));
    Settings.ofExporter(MeterProvider::noop).forEach(setting -> setting.configure(builder, config));

    assertThat(exporters.build(builder)).asString().contains(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "cumulative, CUMULATIVE, CUMULATIVE",
    "delta, DELTA, DELTA",
    "LowMemory, DELTA, CUMULATIVE",
    "low_memory, DELTA, CUMULATIVE"
  })
  void shouldShareTheTemporalityOfOtlp(
      String preference, AggregationTemporality counter, AggregationTemporality observed) {
    UserEventsMetricExporter exporter =
        configure(Map.of("otel.exporter.otlp.metrics.temporality.preference", preference));

    assertThat(exporter.getAggregationTemporality(InstrumentType.COUNTER)).isEqualTo(counter);
    assertThat(exporter.getAggregationTemporality(InstrumentType.OBSERVABLE_COUNTER))
        .isEqualTo(observed);
  }

  @Test
  void shouldPreferItsOwnTemporalityToThatOfOtlp() {
    UserEventsMetricExporter exporter =
        configure(
            Map.of(
                "otel.exporter.otlp.metrics.temporality.preference",
                "cumulative",
                PREFIX + "temporality_preference",
                "delta"));

    assertThat(exporter.getAggregationTemporality(InstrumentType.COUNTER))
        .isEqualTo(AggregationTemporality.DELTA);
  }

  @ParameterizedTest
  @CsvSource({
    "otel.exporter.otlp.metrics.default.histogram.aggregation",
    "otel.exporter.user_events.default_histogram_aggregation"
  })
  void shouldShareTheHistogramAggregationOfOtlp(String property) {
    UserEventsMetricExporter exponential =
        configure(Map.of(property, "BASE2_EXPONENTIAL_BUCKET_HISTOGRAM"));
    UserEventsMetricExporter explicit = configure(Map.of(property, "explicit_bucket_histogram"));

    assertThat(exponential.getDefaultAggregation(InstrumentType.HISTOGRAM))
        .isEqualTo(Aggregation.base2ExponentialBucketHistogram());
    assertThat(exponential.getDefaultAggregation(InstrumentType.COUNTER))
        .isEqualTo(Aggregation.defaultAggregation());
    assertThat(explicit.getDefaultAggregation(InstrumentType.HISTOGRAM))
        .isEqualTo(Aggregation.defaultAggregation());
  }

  @ParameterizedTest
  @ValueSource(strings = {"otel.java.exporter.memory_mode", PREFIX + "memory_mode"})
  void shouldShareTheMemoryModeOfAllExporters(String property) {
    assertThat(configure(Map.of(property, "immutable_data")))
        .returns(MemoryMode.IMMUTABLE_DATA, UserEventsMetricExporter::getMemoryMode);
  }

  @Test
  void shouldPreferItsOwnMemoryModeToThatOfAllExporters() {
    Map<String, String> properties =
        Map.of(
            "otel.java.exporter.memory_mode",
            "reusable_data",
            PREFIX + "memory_mode",
            "immutable_data");

    assertThat(configure(properties))
        .returns(MemoryMode.IMMUTABLE_DATA, UserEventsMetricExporter::getMemoryMode);
  }

  @Test
  void shouldTakeAnEmptyValueForNone() {
    assertThat(configure(Map.of(PREFIX + "ring_slots", " ")))
        .asString()
        .contains("ringSlots=1024,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one_point_per_event   | rust           | true, false
          max_points_per_record | 0              | 1 or more
          max_points_per_record | all            | 1 or more
          encoding_cache_memory | -1             | bytes, 0 or more
          encoding_cache_memory | 4MiB           | bytes, 0 or more
          max_record_length     | 8169           | bytes, 1 to 8168
          max_record_length     | 0              | bytes, 1 to 8168
          gather_records        | yes            | true, false
          ring_slots            | 1000           | a power of two, 2 to 16777216
          ring_slots            | 33554432       | a power of two, 2 to 16777216
          ring_slots            | 1              | a power of two, 2 to 16777216
          back_pressure_policy  | block          | drop, spin_then_drop:SPINS
          back_pressure_policy  | drop:1         | drop, spin_then_drop:SPINS
          back_pressure_policy  | spin_then_drop | drop, spin_then_drop:SPINS
          back_pressure_policy  | spin_then_drop:0 | drop, spin_then_drop:SPINS
          back_pressure_policy  | wait_then_drop:0ms | drop, spin_then_drop:SPINS
          back_pressure_policy  | wait_then_drop:soon | drop, spin_then_drop:SPINS
          back_pressure_policy  | drop_by_priority:1,0.5 | drop, spin_then_drop:SPINS
          back_pressure_policy  | drop_by_priority: | drop, spin_then_drop:SPINS
          max_export_wait       | -1             | 0 to 1 day
          pacing                | 0:0            | none, BYTES_PER_SECOND:BURST_BYTES
          pacing                | 999:9000       | none, BYTES_PER_SECOND:BURST_BYTES
          pacing                | 1000000        | none, BYTES_PER_SECOND:BURST_BYTES
          pacing                | 32MiB:9000     | none, BYTES_PER_SECOND:BURST_BYTES
          max_export_wait       | 2d             | 0 to 1 day
          max_export_wait       | forever        | 0 to 1 day
          wait_strategy         | park           | sleeping, blocking, yielding, busy_spin
          consumer_cpu          | -1             | 0 to 65535
          consumer_cpu          | 65536          | 0 to 65535
          consumer_cpu_required | 1              | true, false
          event_name            | otlp-metrics   | letters, digits and underscores
          data_file_descriptor  | -2             | 0 or more, -1 for none
          data_file_descriptor  | three          | 0 or more, -1 for none
          retry_period          | 0              | 1 ms to 1 day
          retry_period          | 2d             | 1 ms to 1 day
          retry_period          | 9223372036854775807d | 1 ms to 1 day
          retry_period          | 999999ns       | 1 ms to 1 day
          retry_period          | 1 week         | 1 ms to 1 day
          temporality_preference | deltas        | delta, cumulative, low_memory
          memory_mode           | recycled       | reusable_data, immutable_data
          default_histogram_aggregation | sum    | explicit_bucket_histogram, base2_exponential
          """)
  void shouldNameThePropertyAndTheAllowedValuesOfAWrongOne(
      String name, String value, String allowed) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> exporters.fromSdk(with(name, value)))
        .withMessageStartingWith(
            PREFIX + name + "=" + value + " is not allowed; allowed: " + allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "otel.java.exporter.memory_mode, recycled",
    "otel.exporter.otlp.metrics.temporality.preference, none"
  })
  void shouldNameTheSharedPropertyThatHasAWrongValue(String property, String value) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> exporters.fromSdk(Map.of(property, value)))
        .withMessageStartingWith(property + "=" + value + " is not allowed; allowed: ");
  }

  @Test
  void shouldSayWhichSettingsDoNotFitTogether() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> exporters.fromSdk(with("ring_slots", "16777216")))
        .withMessageStartingWith("metric exporter user_events cannot be built: ")
        .withMessageContaining("ringSlots=16777216");
  }

  @ParameterizedTest
  @CsvSource({
    "max_points_per_record, 100, maxPointsPerRecord=100",
    "gather_records, true, gatherRecords=true"
  })
  void shouldNameBothSettingsThatContradictEachOther(String name, String value, String shown) {
    Map<String, String> properties =
        Map.of(PREFIX + "one_point_per_event", "true", PREFIX + name, value);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> exporters.fromSdk(properties))
        .withMessageStartingWith("metric exporter user_events cannot be built: ")
        .withMessageContainingAll("onePointPerEvent=true", "one_point_per_event", shown, name);
  }

  @Test
  void shouldFailIfTheProcessMayNotUseTheCpuThatIsRequired() {
    Map<String, String> properties =
        Map.of(
            PREFIX + "consumer_cpu",
            String.valueOf(CpuSet.MAX_CPU),
            PREFIX + "consumer_cpu_required",
            "true");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> exporters.fromSdk(properties))
        .withMessageStartingWith("metric exporter user_events cannot be built: ")
        .withMessageContaining(String.valueOf(CpuSet.MAX_CPU));
  }

  private static Map<String, String> with(String name, String value) {
    return Map.of(PREFIX + name, value);
  }

  /** Without the rest of the SDK. */
  private UserEventsMetricExporter configure(Map<String, String> properties) {
    UserEventsMetricExporterBuilder builder =
        UserEventsMetricExporter.builder().setTracefs(tracefs);
    DefaultConfigProperties config = DefaultConfigProperties.createFromMap(properties);
    Settings.ofExporter(MeterProvider::noop).forEach(setting -> setting.configure(builder, config));
    return exporters.build(builder);
  }
}
