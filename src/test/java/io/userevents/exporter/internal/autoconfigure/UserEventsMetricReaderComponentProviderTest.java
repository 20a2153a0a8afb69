// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.pipeline.ConsumerWaitStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * With the SDK's own reader of YAML; the whole of declarative configuration as for the exporter, in
 * the javaagent.
 */
@Tag("declarative")
@Timeout(300)
class UserEventsMetricReaderComponentProviderTest {

  private static final Path EXAMPLE = Path.of("..", "docs", "configuration-on-attach.yaml");

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  @Test
  void shouldBeFoundAsAService() {
    assertThat(ServiceLoader.load(ComponentProvider.class))
        .filteredOn(provider -> provider.getName().equals("user_events_on_attach"))
        .singleElement()
        .isInstanceOf(UserEventsMetricReaderComponentProvider.class)
        .returns(MetricReader.class, ComponentProvider::getType);
  }

  @Test
  void shouldBuildWhatTheExampleSays() throws IOException {
    String yaml = Files.readString(EXAMPLE).replace("/sys/kernel/tracing", tracefs.toString());
    UserEventsMetricReader configured =
        create(yaml, "meter_provider", "readers", "pull", "exporter", "user_events_on_attach");
    String configuredLog = exporters.lastLog();
    UserEventsMetricReader built =
        UserEventsMetricReader.builder(
                exporters.build(
                    UserEventsMetricExporter.builder()
                        .setRingSlots(4096)
                        .setWaitStrategy(ConsumerWaitStrategy.BLOCKING)
                        .setTracefs(tracefs)))
            .setInterval(Duration.ofSeconds(10))
            .setAttachDelay(Duration.ofMillis(100))
            .setPollPeriod(Duration.ofMillis(50))
            .setIdleCollectionInterval(Duration.ofMinutes(10))
            .build();

    assertThat(configured).hasToString(built.toString());
    assertThat(configuredLog).isEqualTo(exporters.lastLog());
  }

  @Test
  void shouldHaveEverySettingOfTheReaderInTheExample() throws IOException {
    assertThat(Files.readAllLines(EXAMPLE).stream().map(line -> line.strip().split(":", 2)[0]))
        .containsSubsequence(Settings.OF_READER.stream().map(Setting::name).toList());
  }

  @Test
  void shouldTakeKeysWithoutAValueForTheDefaults() {
    UserEventsMetricExporter exporter =
        exporters.build(UserEventsMetricExporter.builder().setTracefs(tracefs));

    assertThat(create("interval:\npoll_period:\ntracefs: " + tracefs))
        .hasToString(UserEventsMetricReader.create(exporter).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "2147483647, 2147483647000000",
    "30000000000, 30000000000000000",
    "9223372036854775807, 9223372036854775807"
  })
  void shouldTakeMillisecondsOfAnyLength(String ms, long ns) {
    assertThat(create("interval: " + ms + "\ntracefs: " + tracefs))
        .asString()
        .contains("intervalNanos=" + ns + ",");
  }

  @Test
  void shouldSayWhichKeysThereAreIfOneIsUnknown() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> create("poll_interval: 20\nring_slots: 64\npoll_period: 20"))
        .withMessageStartingWith(
            "user_events_on_attach has no setting poll_interval; allowed: interval, ")
        .withMessageContainingAll(", poll_period, ", ", ring_slots, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          interval     | 0      | more than 0
          interval     | -1     | more than 0
          interval     | 10s    | more than 0
          attach_delay | 10001  | 0 to 10 s
          attach_delay | [30]   | 0 to 10 s
          poll_period  | 0      | 1 to 100 ms
          poll_period  | 101    | 1 to 100 ms
          poll_period  | 0.5    | 1 to 100 ms
          idle_collection_interval | -1 | 0 or more
          ring_slots   | 1000   | a power of two, 2 to 16777216
          """)
  void shouldNameTheKeyAndTheAllowedValuesOfAWrongOne(String key, String value, String allowed) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> create(key + ": " + value + "\ntracefs: " + tracefs))
        .withMessageStartingWith("user_events_on_attach." + key + "=")
        .withMessageContaining(" is not allowed; allowed: " + allowed);
  }

  private UserEventsMetricReader create(String yaml, String... path) {
    return exporters.shutDownAfterTheTest(
        (UserEventsMetricReader)
            YamlConfiguration.create(new UserEventsMetricReaderComponentProvider(), yaml, path));
  }
}
