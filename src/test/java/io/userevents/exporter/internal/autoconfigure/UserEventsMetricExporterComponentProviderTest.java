// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.BackPressurePolicies;
import io.userevents.pipeline.ConsumerWaitStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * With the SDK's own reader of YAML. That its whole declarative configuration finds and makes the
 * exporter is shown in the javaagent, which brings the two in versions that fit together.
 */
@Tag("declarative")
@Timeout(300)
class UserEventsMetricExporterComponentProviderTest {

  private static final Path EXAMPLE = Path.of("..", "docs", "configuration.yaml");

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  @Test
  void shouldBeFoundAsAService() {
    assertThat(ServiceLoader.load(ComponentProvider.class))
        .filteredOn(provider -> provider.getName().equals("user_events"))
        .singleElement()
        .isInstanceOf(UserEventsMetricExporterComponentProvider.class)
        .returns(MetricExporter.class, ComponentProvider::getType);
  }

  @Test
  void shouldBuildWhatTheExampleSays() throws IOException {
    String yaml = Files.readString(EXAMPLE).replace("/sys/kernel/tracing", tracefs.toString());
    UserEventsMetricExporter configured =
        create(yaml, "meter_provider", "readers", "periodic", "exporter", "user_events");
    String configuredLog = exporters.lastLog();
    UserEventsMetricExporter built =
        exporters.build(
            UserEventsMetricExporter.builder()
                .setDefaultAggregationSelector(
                    DefaultAggregationSelector.getDefault()
                        .with(
                            InstrumentType.HISTOGRAM,
                            Aggregation.base2ExponentialBucketHistogram()))
                .setMaxPointsPerRecord(100)
                .setExcludedResourceAttributes(
                    List.of("process.command_*", "process.executable.path"))
                .setEncodingCacheMemory(1 << 20)
                .setRingSlots(4096)
                .setBackPressurePolicy(BackPressurePolicies.waitThenDrop(Duration.ofMillis(1)))
                .setMaxExportWait(Duration.ofSeconds(5))
                .setPacing(16 << 20, 128 << 10)
                .setWaitStrategy(ConsumerWaitStrategy.BLOCKING)
                .setConsumerCpu(0)
                .setTracefs(tracefs)
                .setRetryPeriod(Duration.ofSeconds(5))
                .setMeterProvider(MeterProvider.noop()));

    assertThat(configured).hasToString(built.toString());
    assertThat(configuredLog).isEqualTo(exporters.lastLog());
  }

  @Test
  void shouldHaveEverySettingInTheExample() throws IOException {
    assertThat(Files.readAllLines(EXAMPLE).stream().map(line -> line.strip().split(":", 2)[0]))
        .containsSubsequence(
            Settings.ofExporter(MeterProvider::noop).stream().map(Setting::name).toList());
  }

  @Test
  void shouldTakeKeysWithoutAValueForTheDefaults() {
    UserEventsMetricExporter configured =
        create("ring_slots:\nwait_strategy:\ntracefs: " + tracefs);

    assertThat(configured)
        .hasToString(
            exporters.build(UserEventsMetricExporter.builder().setTracefs(tracefs)).toString());
  }

  /** As the Spring Boot starter hands on all values. */
  @Test
  void shouldTakeNumbersAndBooleansThatAreText() {
    UserEventsMetricExporter configured =
        create(
            """
            ring_slots: "4096"
            gather_records: "false"
            retry_period: "5000"
            tracefs: %s
            """
                .formatted(tracefs));

    assertThat(configured)
        .hasToString(
            exporters
                .build(
                    UserEventsMetricExporter.builder()
                        .setRingSlots(4096)
                        .setGatherRecords(false)
                        .setRetryPeriod(Duration.ofSeconds(5))
                        .setTracefs(tracefs))
                .toString());
  }

  @Test
  void shouldSayWhichKeysThereAreIfOneIsUnknown() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> create("ring_slot: 64\nring_slots: 64\nendpoint: {}"))
        .withMessageStartingWith("user_events has no setting ring_slot, endpoint; allowed: ")
        .withMessageContaining(", ring_slots, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ring_slots            | 1000             | a power of two, 2 to 16777216
          ring_slots            | 4294967298       | a power of two, 2 to 16777216
          ring_slots            | "sixty"          | a power of two, 2 to 16777216
          ring_slots            | "1000"           | a power of two, 2 to 16777216
          ring_slots            | "4294967298"     | a power of two, 2 to 16777216
          ring_slots            | 1.5              | a power of two, 2 to 16777216
          ring_slots            | true             | a power of two, 2 to 16777216
          ring_slots            | [64, 128]        | a power of two, 2 to 16777216
          ring_slots            | [1.5]            | a power of two, 2 to 16777216
          ring_slots            | [true]           | a power of two, 2 to 16777216
          ring_slots            | {slots: 64}      | a power of two, 2 to 16777216
          data_file_descriptor  | -2               | 0 or more, -1 for none
          ring_slots            | [{slots: 64}]    | a power of two, 2 to 16777216
          gather_records        | 1                | true, false
          gather_records        | "1"              | true, false
          gather_records        | "yes"            | true, false
          wait_strategy         | park             | sleeping, blocking, yielding, busy_spin
          wait_strategy         | [blocking]       | sleeping, blocking, yielding, busy_spin
          max_export_wait       | -1               | 0 to 1 day
          data_file_descriptor  | -2               | 0 or more, -1 for none
          retry_period          | 0                | 1 ms to 1 day
          retry_period          | 10s              | 1 ms to 1 day
          retry_period          | "0"              | 1 ms to 1 day
          event_name            | 7                | letters, digits and underscores
          """)
  void shouldNameTheKeyAndTheAllowedValuesOfAWrongOne(String key, String value, String allowed) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> create(key + ": " + value))
        .withMessageStartingWith("user_events." + key + "=")
        .withMessageContaining(" is not allowed; allowed: " + allowed);
  }

  private UserEventsMetricExporter create(String yaml, String... path) {
    return exporters.shutDownAfterTheTest(
        (UserEventsMetricExporter)
            YamlConfiguration.create(new UserEventsMetricExporterComponentProvider(), yaml, path));
  }
}
