// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sets up the exporter in code, with a listener within the process, and prints how each flush ends:
 * of every kind of instrument, of a point that fits into no record, and of an ordinary one after
 * it.
 */
final class Exports {

  private static final int TOO_LONG = 9_000;

  private Exports() {}

  /** Arguments: {@code periodic} or {@code on_attach}. */
  public static void main(String[] args) {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
    // The provider is made for this exporter, and gets its metrics about itself.
    SdkMeterProvider[] provider = new SdkMeterProvider[1];
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder()
            .setTracepoint(tracepoint)
            .setMeterProvider(() -> provider[0])
            .build();
    System.out.println(exporter);
    MetricReader reader =
        args[0].equals("on_attach")
            ? UserEventsMetricReader.create(exporter)
            : PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build();
    provider[0] = SdkMeterProvider.builder().registerMetricReader(reader).build();
    Meter meter = provider[0].get("shop");
    Attributes side = Attributes.of(AttributeKey.stringKey("side"), "buy");
    meter.counterBuilder("orders").build().add(1, side);
    meter.histogramBuilder("latency").build().record(1.5, side);
    meter.upDownCounterBuilder("open").ofDoubles().build().add(-1, side);
    meter.gaugeBuilder("price").buildWithCallback(gauge -> gauge.record(2));
    AtomicInteger events = new AtomicInteger();
    tracepoint.attach(event -> events.incrementAndGet());
    print("instruments", provider[0].forceFlush(), exporter, events);
    meter
        .counterBuilder("long")
        .build()
        .add(1, Attributes.of(AttributeKey.stringKey("text"), "x".repeat(TOO_LONG)));
    print("too long", provider[0].forceFlush(), exporter, events);
    meter.counterBuilder("orders").build().add(1, side);
    print("after it", provider[0].forceFlush(), exporter, events);
    print("shutdown", provider[0].shutdown(), exporter, events);
    System.out.println("end");
  }

  private static void print(
      String step,
      CompletableResultCode result,
      UserEventsMetricExporter exporter,
      AtomicInteger events) {
    boolean done = result.join(60, TimeUnit.SECONDS).isDone();
    System.out.println(
        step
            + ": done="
            + done
            + " success="
            + result.isSuccess()
            + " received="
            + (events.getAndSet(0) > 0)
            + " skipped="
            + exporter.statistics().skippedExports());
  }
}
