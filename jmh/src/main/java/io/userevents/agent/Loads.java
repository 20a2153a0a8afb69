// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.exporter.PackedEvents;
import java.io.IOException;
import java.util.List;

/** Starts agents that receive the events of an exporter from memory instead of from a kernel. */
public final class Loads {

  private Loads() {}

  /** Starts an agent with a steady rate of points. */
  public static Forwarder steady(ForwarderBuilder builder, int series, long pointsPerSecond)
      throws IOException {
    List<byte[]> events = PackedEvents.ofLongSums(series);
    return builder.start(() -> new RepeatedEvents(events, series, pointsPerSecond));
  }

  /** Starts an agent to which all series come at once at each interval; 0 for never. */
  public static Forwarder bursts(ForwarderBuilder builder, int series, long intervalSeconds)
      throws IOException {
    List<byte[]> events = PackedEvents.ofLongSums(series);
    return builder.start(() -> new BurstEvents(events, intervalSeconds));
  }
}
