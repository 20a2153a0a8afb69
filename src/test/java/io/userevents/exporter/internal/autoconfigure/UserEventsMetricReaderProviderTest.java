// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ConfigurableMetricReaderProvider;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class UserEventsMetricReaderProviderTest {

  private static final String PREFIX = "otel.exporter.user_events.";

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  @Test
  void shouldBeFoundAsAService() {
    assertThat(ServiceLoader.load(ConfigurableMetricReaderProvider.class))
        .filteredOn(provider -> provider.getName().equals("user_events_on_attach"))
        .singleElement()
        .isInstanceOf(UserEventsMetricReaderProvider.class);
  }

  @Test
  void shouldBeMadeByTheSdkAndHaveTheDefaultsOfBothBuilders() {
    UserEventsMetricReader configured = configure(Map.of());
    UserEventsMetricExporter exporter =
        exporters.build(UserEventsMetricExporter.builder().setTracefs(tracefs));

    assertThat(configured).hasToString(UserEventsMetricReader.create(exporter).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          otel.metric.export.interval            | 10000 | intervalNanos=10000000000,
          otel.metric.export.interval            | 5s    | intervalNanos=5000000000,
          otel.metric.export.interval            | 106752d | intervalNanos=9223372036854775807,
          otel.metric.export.interval            | 2147483647 | intervalNanos=2147483647000000,
          otel.metric.export.interval            | 30000000000ns | intervalNanos=30000000000,
          otel.metric.export.interval            | 9223372036854775807d | intervalNanos=9223372036854775807,
          otel.exporter.user_events.interval     | 250ms | intervalNanos=250000000,
          otel.exporter.user_events.attach_delay | 0     | attachDelayNanos=0,
          otel.exporter.user_events.attach_delay | 10s   | attachDelayNanos=10000000000,
          otel.exporter.user_events.poll_period  | 1     | pollPeriodNanos=1000000,
          otel.exporter.user_events.poll_period  | 1500us | pollPeriodNanos=1500000,
          otel.exporter.user_events.poll_period  | 100 ms | pollPeriodNanos=100000000,
          otel.exporter.user_events.poll.period  | 7     | pollPeriodNanos=7000000,
          otel.exporter.user_events.idle_collection_interval | 0 | idleCollectionIntervalNanos=0}
          otel.exporter.user_events.idle.collection.interval | 2h | idleCollectionIntervalNanos=7200000000000}
          otel.exporter.user_events.ring_slots   | 64    | ringSlots=64,
          otel.exporter.user_events.event_name   | orders | eventName=orders,
          otel.java.exporter.memory_mode         | immutable_data | memoryMode=IMMUTABLE_DATA
          """)
  void shouldSetWhatAPropertySays(String property, String value, String shown) {
    assertThat(configure(Map.of(property, value))).asString().contains(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_METRIC_EXPORT_INTERVAL, 2000, intervalNanos=2000000000",
    "OTEL_EXPORTER_USER_EVENTS_ATTACH_DELAY, 250ms, attachDelayNanos=250000000",
    "OTEL_EXPORTER_USER_EVENTS_POLL_PERIOD, 5, pollPeriodNanos=5000000"
  })
  void shouldReadEnvironmentVariables(String variable, String value, String shown) {
    // What the SDK makes of a variable before anybody asks for a property.
    String key = variable.toLowerCase(Locale.ROOT).replace('_', '.');

    assertThat(configure(Map.of(key, value))).asString().contains(shown);
  }

  @Test
  void shouldPreferItsOwnIntervalToThatOfAllReaders() {
    Map<String, String> properties =
        Map.of("otel.metric.export.interval", "10000", PREFIX + "interval", "250");

    assertThat(configure(properties)).asString().contains("intervalNanos=250000000,");
  }

  @Test
  void shouldHaveTheSdkAggregateAsAPropertySays() {
    assertThat(configure(Map.of(PREFIX + "temporality_preference", "cumulative")))
        .returns(
            AggregationTemporality.CUMULATIVE,
            reader -> reader.getAggregationTemporality(InstrumentType.COUNTER));
  }

  @Test
  void shouldLookForTheTracepointWhereAPropertySays() {
    configure(Map.of());

    assertThat(exporters.lastLog()).contains(tracefs.resolve("user_events_data").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          otel.metric.export.interval            | 0     | more than 0 (ms without a unit;
          otel.metric.export.interval            | -1    | more than 0 (ms without a unit;
          otel.metric.export.interval            | often | more than 0 (ms without a unit;
          otel.metric.export.interval            | 1.5s  | more than 0 (ms without a unit;
          otel.metric.export.interval            | 9223372036854775808 | more than 0 (ms without a unit;
          otel.exporter.user_events.interval     | 0     | more than 0 (ms without a unit;
          otel.exporter.user_events.attach_delay | 10001 | 0 to 10 s (ms without a unit;
          otel.exporter.user_events.attach_delay | -1ms  | 0 to 10 s (ms without a unit;
          otel.exporter.user_events.attach_delay | short | 0 to 10 s (ms without a unit;
          otel.exporter.user_events.poll_period  | 0     | 1 to 100 ms (ms without a unit;
          otel.exporter.user_events.poll_period  | 999us | 1 to 100 ms (ms without a unit;
          otel.exporter.user_events.poll_period  | 1s    | 1 to 100 ms (ms without a unit;
          otel.exporter.user_events.poll_period  | never | 1 to 100 ms (ms without a unit;
          otel.exporter.user_events.idle_collection_interval | -1 | 0 or more, 0 for never (ms without a unit;
          otel.exporter.user_events.ring_slots   | 1000  | a power of two, 2 to 16777216
          """)
  void shouldNameThePropertyAndTheAllowedValuesOfAWrongOne(
      String property, String value, String allowed) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> configure(Map.of(property, value)))
        .withMessageStartingWith(property + "=" + value + " is not allowed; allowed: " + allowed);
  }

  @Test
  void shouldSayWhichSettingsOfTheExporterDoNotFitTogether() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> configure(Map.of(PREFIX + "ring_slots", "16777216")))
        .withMessageStartingWith("metric exporter user_events_on_attach cannot be built: ")
        .withMessageContaining("ringSlots=16777216");
  }

  @Test
  void shouldEndTheExporterThatItHasMadeIfAValueOfItsOwnIsWrong() throws Exception {
    Map<String, String> properties =
        Map.of(PREFIX + "event_name", "abandoned", PREFIX + "poll_period", "0");

    assertThatExceptionOfType(ConfigurationException.class).isThrownBy(() -> configure(properties));

    // Until the time limit, if it does not end.
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().contains("abandoned"))) {
      Thread.sleep(1);
    }
  }

  private UserEventsMetricReader configure(Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put(PREFIX + "tracefs", tracefs.toString());
    return exporters.readerFromSdk(all);
  }
}
