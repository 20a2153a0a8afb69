// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import java.util.function.LongSupplier;

/**
 * A shop whose metrics are collected only while somebody listens: at once for whoever attaches,
 * then once a minute. Counting the stock takes a query of the data base; while nobody listens there
 * is one every five minutes.
 */
public final class CollectedOnAttach implements AutoCloseable {

  private final SdkMeterProvider provider;
  private final LongCounter orders;

  /**
   * @param exporter such as {@link UserEventsMetricExporter#create()}
   * @param stock counts what there is to sell
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

  /** Somebody buys. Counted also while nobody listens: who attaches later is told. */
  public void buy() {
    orders.add(1);
  }

  /** Collects once more if somebody listens, and unregisters the tracepoint. */
  @Override
  public void close() {
    provider.close();
  }
}
