// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples.spring;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Accepts every order, and records its side and its price with the starter's OpenTelemetry. */
@RestController
class OrdersController {

  private static final AttributeKey<String> SIDE = AttributeKey.stringKey("side");

  private final LongCounter orders;
  private final DoubleHistogram prices;

  OrdersController(OpenTelemetry openTelemetry) {
    Meter meter = openTelemetry.getMeter("shop");
    orders = meter.counterBuilder("orders").setUnit("{order}").build();
    prices = meter.histogramBuilder("order.price").setUnit("EUR").build();
  }

  @GetMapping("/orders/{side}/{price}")
  String order(@PathVariable("side") String side, @PathVariable("price") double price) {
    Attributes attributes = Attributes.of(SIDE, side);
    orders.add(1, attributes);
    prices.record(price, attributes);
    return "accepted";
  }
}
