// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.UserEventsMetricExporter;
import java.time.Duration;

/** A shop that sells once a second, and exports every 5 seconds. */
public final class Shop {

  public static void main(String[] args) throws InterruptedException {
    Resource shop = Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "shop"));
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(Resource.getDefault().merge(shop))
            .registerMetricReader(
                PeriodicMetricReader.builder(UserEventsMetricExporter.create())
                    .setInterval(Duration.ofSeconds(5))
                    .build())
            .build()) {
      LongCounter orders = provider.get("shop").counterBuilder("orders").setUnit("{order}").build();
      while (true) {
        orders.add(1, Attributes.of(AttributeKey.stringKey("side"), "buy"));
        Thread.sleep(1000);
      }
    }
  }
}
