// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;

/**
 * A shop whose SDK configures itself. Its code does not mention the exporter, which is on the class
 * path; {@code -Dotel.metrics.exporter=user_events} does the rest.
 */
public final class AutoconfiguredSdk {

  private AutoconfiguredSdk() {}

  public static void main(String[] args) {
    run(AutoConfiguredOpenTelemetrySdk.builder());
  }

  static void run(AutoConfiguredOpenTelemetrySdkBuilder builder) {
    try (OpenTelemetrySdk sdk = builder.build().getOpenTelemetrySdk()) {
      LongCounter orders = sdk.getMeter("shop").counterBuilder("orders").setUnit("{order}").build();
      orders.add(1);
    }
  }
}
