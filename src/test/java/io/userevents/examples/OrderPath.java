// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.opentelemetry.api.common.Attributes;
import io.userevents.exporter.prepared.PreparedDoublePoint;
import io.userevents.exporter.prepared.PreparedLongPoint;
import io.userevents.exporter.prepared.PreparedPoints;

/** The order path of one symbol, which publishes the price, quantity and latency of every fill. */
public final class OrderPath {

  private final PreparedDoublePoint price;
  private final PreparedLongPoint quantity;
  private final PreparedLongPoint latency;

  /** At the start: encodes everything but times and values. */
  public OrderPath(PreparedPoints points, String symbol) {
    Attributes attributes = Attributes.builder().put("symbol", symbol).build();
    price = points.doubleGauge("fill.price").setAttributes(attributes).build();
    quantity = points.longCounter("fill.quantity").setAttributes(attributes).build();
    latency = points.longGauge("fill.latency").setUnit("ns").setAttributes(attributes).build();
  }

  /** For each fill: three copies into the ring, all with the time of the fill. */
  public void onFill(double fillPrice, long fillQuantity, long receivedNanos, long filledNanos) {
    price.publish(fillPrice, filledNanos);
    quantity.publish(fillQuantity, filledNanos);
    latency.publish(filledNanos - receivedNanos, filledNanos);
  }
}
