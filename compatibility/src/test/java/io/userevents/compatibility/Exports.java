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
import java.util.concurrent.locks.LockSupport;

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
    print("after it", flushOnceTheReaderIsFree(provider[0], events), exporter, events);
    print("shutdown", provider[0].shutdown(), exporter, events);
    System.out.println("end");
  }

  /**
   * Flushes, again if the reader refuses to. In old versions of the SDK, such as 1.37.0, the
   * periodic reader completes a flush before it is free for the next one, which it then refuses
   * without a collection.
   */
  private static CompletableResultCode flushOnceTheReaderIsFree(
      SdkMeterProvider provider, AtomicInteger events) {
    CompletableResultCode result = provider.forceFlush();
    for (int i = 0;
        i < 100 && !result.join(60, TimeUnit.SECONDS).isSuccess() && events.get() == 0;
        i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      result = provider.forceFlush();
    }
    return result;
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
