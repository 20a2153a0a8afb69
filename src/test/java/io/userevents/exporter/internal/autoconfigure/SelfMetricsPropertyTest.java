// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.exporter.CollectedSelfMetrics;
import io.userevents.exporter.UserEventsMetricExporter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties turn on the exporter's metrics about itself, and choose where they go. */
@Timeout(300)
class SelfMetricsPropertyTest {

  private static final String OWN = "otel.exporter.user_events.self_metrics";
  private static final String SHARED = "otel.experimental.sdk.telemetry.version";
  private static final String STATUS = "user_events.tracepoint.status";
  private static final String STATE = "user_events.tracepoint.state";
  private static final String COMPONENT = "otel.component.name";

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  /** The two that properties may ask for. */
  private enum Kind {
    EXPORTER {
      @Override
      Object startSdk(ConfiguredExporters exporters, Map<String, String> properties) {
        return exporters.fromSdk(properties);
      }

      @Override
      void create(ConfigProperties config) {
        new UserEventsMetricExporterProvider().createExporter(config);
      }
    },
    READER {
      @Override
      Object startSdk(ConfiguredExporters exporters, Map<String, String> properties) {
        return exporters.readerFromSdk(properties);
      }

      @Override
      void create(ConfigProperties config) {
        new UserEventsMetricReaderProvider().createMetricReader(config);
      }
    };

    abstract Object startSdk(ConfiguredExporters exporters, Map<String, String> properties);

    abstract void create(ConfigProperties config);
  }

  @ParameterizedTest
  @EnumSource
  void shouldShowThatTheTracepointIsUnavailableAsSoonAsTheSdkIsThere(Kind kind) {
    // Nothing is exported for a minute.
    kind.startSdk(exporters, properties(OWN, "true"));

    assertThat(exporters.collected().values(STATUS, STATE))
        .containsExactly(
            entry("attached", 0L),
            entry("closed", 0L),
            entry("registered", 0L),
            entry("unavailable", 1L),
            entry("unsupported", 0L));
  }

  @ParameterizedTest
  @CsvSource({
    "EXPORTER, '', '', false",
    "EXPORTER, true, '', true",
    "EXPORTER, TRUE, '', true",
    "EXPORTER, false, '', false",
    "EXPORTER, '', latest, true",
    "EXPORTER, '', Latest, true",
    "EXPORTER, '', legacy, false",
    "EXPORTER, false, latest, false",
    "EXPORTER, true, legacy, true",
    "READER, '', '', false",
    "READER, true, '', true",
    "READER, false, '', false",
    "READER, '', latest, true",
    "READER, '', legacy, false",
    "READER, false, latest, false",
    "READER, true, legacy, true"
  })
  void shouldFollowItsOwnPropertyAndElseTheVersionOfTheSdks(
      Kind kind, String own, String shared, boolean measured) {
    Object made = kind.startSdk(exporters, properties(OWN, own, SHARED, shared));

    assertThat(made).asString().contains("selfMetrics=" + measured);
    assertThat(exporters.collected().collect().stream().map(MetricData::getName))
        .filteredOn(STATUS::equals)
        .hasSize(measured ? 1 : 0);
  }

  @Test
  void shouldReadTheEnvironmentVariable() {
    // What the SDK makes of OTEL_EXPORTER_USER_EVENTS_SELF_METRICS.
    assertThat(exporters.fromSdk(properties("otel.exporter.user.events.self.metrics", "true")))
        .asString()
        .contains("selfMetrics=true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EXPORTER | otel.exporter.user_events.self_metrics  | on     | true, false
          EXPORTER | otel.exporter.user_events.self_metrics  | latest | true, false
          EXPORTER | otel.experimental.sdk.telemetry.version | newest | legacy, latest
          EXPORTER | otel.experimental.sdk.telemetry.version | true   | legacy, latest
          READER   | otel.exporter.user_events.self_metrics  | on     | true, false
          READER   | otel.experimental.sdk.telemetry.version | newest | legacy, latest
          """)
  void shouldNameThePropertyAndTheAllowedValuesOfAWrongOne(
      Kind kind, String property, String value, String allowed) {
    // Of the shared one, the SDK would complain as well.
    ConfigProperties config = DefaultConfigProperties.createFromMap(properties(property, value));

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> kind.create(config))
        .withMessage(property + "=" + value + " is not allowed; allowed: " + allowed);
  }

  @Test
  void shouldObserveEveryExporterThatTheProviderHasMade() {
    UserEventsMetricExporterProvider provider = new UserEventsMetricExporterProvider();
    MetricExporter one = create(provider);
    MetricExporter other = create(provider);
    CollectedSelfMetrics collected = new CollectedSelfMetrics();
    OpenTelemetrySdk sdk = sdk(collected);

    tell(one, sdk);
    tell(other, sdk);

    assertThat(collected.values(STATUS, COMPONENT)).hasSize(2);
  }

  @Test
  void shouldObserveAnExporterInTheSdkThatItIsMadeForOnly() {
    UserEventsMetricExporterProvider provider = new UserEventsMetricExporterProvider();
    MetricExporter one = create(provider);
    MetricExporter other = create(provider);
    CollectedSelfMetrics collectedOfOne = new CollectedSelfMetrics();
    CollectedSelfMetrics collectedOfOther = new CollectedSelfMetrics();

    // Not in the order in which they were made.
    tell(other, sdk(collectedOfOther));
    assertThat(collectedOfOne.collect()).isEmpty();
    tell(one, sdk(collectedOfOne));

    Set<String> ofOne = collectedOfOne.values(STATUS, COMPONENT).keySet();
    Set<String> ofOther = collectedOfOther.values(STATUS, COMPONENT).keySet();
    assertThat(ofOne).hasSize(1).doesNotContainAnyElementsOf(ofOther);
    assertThat(ofOther).hasSize(1);
  }

  @Test
  void shouldObserveACopyThatIsMadeWhenTheSdkIsThere() {
    UserEventsMetricExporterProvider provider = new UserEventsMetricExporterProvider();
    UserEventsMetricExporter exporter = create(provider);
    CollectedSelfMetrics collected = new CollectedSelfMetrics();
    tell(exporter, sdk(collected));

    exporters.build(exporter.toBuilder());

    assertThat(collected.values(STATUS, COMPONENT)).hasSize(2);
  }

  @Test
  void shouldObserveNothingOfAnExporterThatIsShutDownBeforeTheSdkIsThere() {
    UserEventsMetricExporterProvider provider = new UserEventsMetricExporterProvider();
    MetricExporter exporter = provider.createExporter(switchedOn());
    CollectedSelfMetrics collected = new CollectedSelfMetrics();
    assertThat(exporter.shutdown().join(60, TimeUnit.SECONDS).isSuccess()).isTrue();

    tell(exporter, sdk(collected));

    assertThat(collected.collect()).isEmpty();
  }

  /** As the SDK does with what a provider makes. */
  private static void tell(MetricExporter exporter, OpenTelemetrySdk sdk) {
    assertThat(exporter).isInstanceOf(AutoConfigureListener.class);
    ((AutoConfigureListener) exporter).afterAutoConfigure(sdk);
  }

  private UserEventsMetricExporter create(UserEventsMetricExporterProvider provider) {
    return exporters.shutDownAfterTheTest(
        (UserEventsMetricExporter) provider.createExporter(switchedOn()));
  }

  private ConfigProperties switchedOn() {
    return DefaultConfigProperties.createFromMap(properties(OWN, "true"));
  }

  private OpenTelemetrySdk sdk(CollectedSelfMetrics collected) {
    return exporters.closeAfterTheTest(
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(collected).build())
            .build());
  }

  private Map<String, String> properties(String... namesAndValues) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("otel.exporter.user_events.tracefs", tracefs.toString());
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!namesAndValues[i + 1].isEmpty()) {
        properties.put(namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return properties;
  }
}
