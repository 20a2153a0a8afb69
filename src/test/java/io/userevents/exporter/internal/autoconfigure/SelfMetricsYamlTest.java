// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * YAML turns on the exporter's metrics about itself. Tests under the javaagent show that the SDK
 * shows the providers its own settings as here, and tells them when it is there.
 */
@Tag("declarative")
@Timeout(300)
class SelfMetricsYamlTest {

  @RegisterExtension private final ConfiguredExporters exporters = new ConfiguredExporters();

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  /** The two that YAML may ask for. */
  private enum Kind {
    EXPORTER,
    READER;

    ComponentProvider provider() {
      return switch (this) {
        case EXPORTER -> new UserEventsMetricExporterComponentProvider();
        case READER -> new UserEventsMetricReaderComponentProvider();
      };
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                              | {}                                 | false
          self_metrics:       | {}                                 | false
          self_metrics: true  | {}                                 | true
          self_metrics: false | {}                                 | false
                              | internal_telemetry_version: latest | true
                              | internal_telemetry_version: LATEST | true
                              | internal_telemetry_version: legacy | false
                              | internal_telemetry_version:        | false
          self_metrics:       | internal_telemetry_version: latest | true
          self_metrics: false | internal_telemetry_version: latest | false
          self_metrics: true  | internal_telemetry_version: legacy | true
          """)
  void shouldFollowItsOwnKeyAndElseTheVersionOfTheSdks(String own, String ofSdk, boolean measured) {
    for (Kind kind : Kind.values()) {
      assertThat(create(kind.provider(), own == null ? "" : own, ofSdk))
          .as(kind.name())
          .asString()
          .contains("selfMetrics=" + measured);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EXPORTER | self_metrics: 1      | {} | user_events.self_metrics=1 | true, false
          EXPORTER | self_metrics: latest | {} | user_events.self_metrics=latest | true, false
          READER   | self_metrics: [true] | {} | user_events_on_attach.self_metrics=[true] | true, false
          READER   | ring_slots: 2 | internal_telemetry_version: newest | otel_sdk.internal_telemetry_version=newest | legacy, latest
          """)
  void shouldNameTheKeyAndTheAllowedValuesOfAWrongOne(
      Kind kind, String own, String ofSdk, String wrong, String allowed) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> create(kind.provider(), own, ofSdk))
        .withMessage(wrong + " is not allowed; allowed: " + allowed);
  }

  @Test
  void shouldHaveNoneIfTheSdkDoesNotShowItsOwnSettings() {
    Object made = YamlConfiguration.create(Kind.EXPORTER.provider(), "tracefs: " + tracefs);
    exporters.shutDownAfterTheTest((UserEventsMetricExporter) made);

    assertThat(made).asString().contains("selfMetrics=false");
  }

  private Object create(ComponentProvider provider, String own, String ofSdk) {
    Object made = YamlConfiguration.createInSdk(provider, own + "\ntracefs: " + tracefs, ofSdk);
    if (made instanceof UserEventsMetricReader reader) {
      exporters.shutDownAfterTheTest(reader);
    } else {
      exporters.shutDownAfterTheTest((UserEventsMetricExporter) made);
    }
    return made;
  }
}
