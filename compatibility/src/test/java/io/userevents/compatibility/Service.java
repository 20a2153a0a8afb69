// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A service whose SDK configures itself: it records a metric and a span, and ends properly. */
final class Service {

  private Service() {}

  /**
   * Runs the service.
   *
   * @param args the metric exporter, if not user_events
   */
  public static void main(String[] args) {
    String metricExporter = args.length == 0 ? "user_events" : args[0];
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(
                () ->
                    Map.of(
                        "otel.metrics.exporter", metricExporter,
                        "otel.traces.exporter", "none",
                        "otel.logs.exporter", "none"))
            .addTracerProviderCustomizer(
                (tracers, config) ->
                    tracers.addSpanProcessor(SimpleSpanProcessor.create(new PrintedSpans())))
            .build()
            .getOpenTelemetrySdk();
    System.out.println("started");
    LongCounter orders = sdk.getMeterProvider().get("shop").counterBuilder("orders").build();
    orders.add(1);
    sdk.getTracerProvider().get("shop").spanBuilder("order").startSpan().end();
    System.out.println(
        "flush " + sdk.getSdkMeterProvider().forceFlush().join(60, TimeUnit.SECONDS).isSuccess());
    sdk.close();
    System.out.println("end");
  }

  private static final class PrintedSpans implements SpanExporter {

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      spans.forEach(span -> System.out.println("span " + span.getName()));
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
