// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import java.time.Duration;

/** A shop with the OpenTelemetry SDK, put together by hand. */
public final class PlainSdk implements AutoCloseable {

  private static final Attributes BUY = Attributes.of(AttributeKey.stringKey("side"), "buy");

  private final SdkMeterProvider provider;
  private final LongCounter orders;

  /**
   * Opens the shop.
   *
   * @param exporter the exporter, such as {@link UserEventsMetricExporter#create()}
   */
  public PlainSdk(UserEventsMetricExporter exporter) {
    provider =
        SdkMeterProvider.builder()
            .registerMetricReader(
                PeriodicMetricReader.builder(exporter).setInterval(Duration.ofSeconds(10)).build())
            .build();
    orders = provider.get("shop").counterBuilder("orders").setUnit("{order}").build();
  }

  /** Sells to a customer. */
  public void buy() {
    orders.add(1, BUY);
  }

  /** Exports once more, waits until the export is written, and unregisters the tracepoint. */
  @Override
  public void close() {
    provider.close();
  }
}
