// SPDX-License-Identifier: Apache-2.0
package io.userevents.shop;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.listener.TracepointListener;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Exports to a listener within the process, and through an SDK that configures itself. */
public final class Shop {

  private Shop() {}

  public static void main(String[] args) {
    System.out.println("module " + UserEventsMetricExporter.class.getModule());
    System.out.println("listener " + TracepointListener.class.getModule());
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
    AtomicInteger events = new AtomicInteger();
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder().setTracepoint(tracepoint).build();
    SdkMeterProvider meters =
        SdkMeterProvider.builder()
            .registerMetricReader(PeriodicMetricReader.create(exporter))
            .build();
    tracepoint.attach(event -> events.incrementAndGet());
    meters.get("shop").counterBuilder("orders").build().add(1);
    boolean flushed = meters.forceFlush().join(60, TimeUnit.SECONDS).isSuccess();
    System.out.println("exported " + (flushed && events.get() == 1));
    meters.close();
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(
                () ->
                    Map.of(
                        "otel.metrics.exporter", "user_events",
                        "otel.traces.exporter", "none",
                        "otel.logs.exporter", "none",
                        "otel.exporter.user_events.tracefs", "/nowhere"))
            .build()
            .getOpenTelemetrySdk();
    sdk.getMeterProvider().get("shop").counterBuilder("orders").build().add(1);
    sdk.close();
    System.out.println("end");
  }
}
