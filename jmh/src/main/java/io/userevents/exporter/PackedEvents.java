// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Creates the payloads of the events that an exporter with its defaults writes in one export. */
public final class PackedEvents {

  private static final int LIMIT_SECONDS = 60;

  private PackedEvents() {}

  /** Returns the payloads for sums of longs with this many points in all. */
  public static List<byte[]> ofLongSums(int points) {
    List<byte[]> events = new CopyOnWriteArrayList<>();
    LoopbackTracepoint tracepoint = new LoopbackTracepoint(EventLayout.OTLP_METRICS);
    tracepoint.attach(events::add);
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder().setTracepoint(tracepoint).setPacing(0, 0).build();
    try {
      if (!exporter
          .export(CollectedMetrics.longSums(points))
          .join(LIMIT_SECONDS, TimeUnit.SECONDS)
          .isSuccess()) {
        throw new IllegalStateException("the export failed");
      }
    } finally {
      exporter.shutdown().join(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    return events;
  }
}
