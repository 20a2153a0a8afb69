// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import java.util.function.LongSupplier;

/**
 * A shop whose metrics are collected only while a listener is attached: at once when it attaches,
 * then once a minute. Counting the stock takes a query of the database. Without a listener there is
 * one query every five minutes.
 */
public final class CollectedOnAttach implements AutoCloseable {

  private final SdkMeterProvider provider;
  private final LongCounter orders;

  /**
   * Opens the shop.
   *
   * @param exporter the exporter, such as {@link UserEventsMetricExporter#create()}
   * @param stock returns how many items are for sale
   */
  public CollectedOnAttach(UserEventsMetricExporter exporter, LongSupplier stock) {
    provider =
        SdkMeterProvider.builder()
            .registerMetricReader(UserEventsMetricReader.create(exporter))
            .build();
    Meter meter = provider.get("shop");
    orders = meter.counterBuilder("orders").setUnit("{order}").build();
    meter
        .gaugeBuilder("stock")
        .ofLongs()
        .buildWithCallback(measurement -> measurement.record(stock.getAsLong()));
  }

  /** Sells to a customer. The sale counts even without a listener: a later listener receives it. */
  public void buy() {
    orders.add(1);
  }

  /** Collects once more if a listener is attached, and unregisters the tracepoint. */
  @Override
  public void close() {
    provider.close();
  }
}
