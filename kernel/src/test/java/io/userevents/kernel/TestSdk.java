// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An SDK whose periodic reader exports on request, and only the metrics of the test. */
final class TestSdk {

  private static final int MAX_SERIES = 5000;

  private TestSdk() {}

  static SdkMeterProvider create(UserEventsMetricExporter exporter) {
    return builder(exporter).build();
  }

  static SdkMeterProviderBuilder builder(UserEventsMetricExporter exporter) {
    return SdkMeterProvider.builder()
        .registerMetricReader(
            PeriodicMetricReader.builder(exporter)
                .setInterval(Duration.ofHours(1))
                // Newer versions add metrics about the reader.
                .setInternalTelemetryVersion(InternalTelemetryVersion.LEGACY)
                .build(),
            // The SDK's own limit of 2,000 would fold the rest into one series.
            kind -> MAX_SERIES);
  }

  static void flush(SdkMeterProvider provider) {
    assertThat(provider.forceFlush().join(300, TimeUnit.SECONDS).isSuccess()).isTrue();
  }
}
