// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the examples, with a listener within the process. */
@Timeout(30)
class ExamplesTest {

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");

  @BeforeEach
  void attach() {
    tracepoint.attach(event -> received.write(event, 0, event.length));
  }

  @Test
  void shouldExportWithThePlainSdk() throws Exception {
    try (PlainSdk shop = new PlainSdk(exporter())) {
      shop.buy();
      shop.buy();
    }

    Metric orders =
        metrics().stream().filter(metric -> metric.getName().equals("orders")).findFirst().get();
    assertThat(orders.getSum().getDataPointsList())
        .extracting(NumberDataPoint::getAsInt)
        .containsExactly(2L);
  }

  @Test
  void shouldPublishTheFillsOfAMatchingEngine() throws Exception {
    try (MatchingEngine engine =
        new MatchingEngine(RecordPipeline.builder().setTracepoint(tracepoint), 0)) {
      engine.onSell(500);
      engine.onSell(200);
      engine.onBuy();
      engine.onBuy();
      engine.onBuy();
    }

    assertThat(metrics())
        .extracting(
            metric ->
                metric.hasSum()
                    ? "filled " + metric.getSum().getDataPoints(0).getAsInt()
                    : "depth " + metric.getGauge().getDataPoints(0).getAsInt())
        .containsExactly("depth 1", "depth 2", "filled 500", "depth 1", "filled 200", "depth 0");
  }

  @Test
  void shouldPublishEveryFrameOfAGame() throws Exception {
    UserEventsMetricExporter exporter = exporter();
    GameLoop loop = new GameLoop(exporter);
    for (int frame = 0; frame < 3; frame++) {
      loop.frame(100 + frame, () -> {});
    }
    exporter.shutdown().join(10, TimeUnit.SECONDS);

    List<Metric> metrics = metrics();
    assertThat(metrics)
        .extracting(Metric::getName)
        .containsExactly(
            "game.frame.time",
            "game.players",
            "game.frame.time",
            "game.players",
            "game.frame.time",
            "game.players");
    assertThat(metrics)
        .filteredOn(metric -> metric.getName().equals("game.players"))
        .extracting(metric -> metric.getGauge().getDataPoints(0).getAsInt())
        .containsExactly(100L, 101L, 102L);
    assertThat(metrics.get(0).getGauge().getDataPoints(0).getAsDouble()).isBetween(0.0, 10_000.0);
  }

  @Test
  void shouldMakeTheExporterByAPropertyAlone() {
    List<String> messages = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger(RecordPipeline.class.getName());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            messages.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      AutoconfiguredSdk.run(
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(
                  () ->
                      Map.of(
                          "otel.metrics.exporter", "user_events",
                          "otel.traces.exporter", "none",
                          "otel.logs.exporter", "none",
                          "otel.exporter.user_events.event_name", "shop_orders")));
    } finally {
      logger.removeHandler(handler);
    }

    assertThat(messages)
        .as("registered, or why not")
        .anyMatch(text -> text.contains("shop_orders"));
  }

  private UserEventsMetricExporter exporter() {
    return UserEventsMetricExporter.builder().setTracepoint(tracepoint).build();
  }

  private List<Metric> metrics() throws Exception {
    return ExportMetricsServiceRequest.parseFrom(received.toByteArray())
        .getResourceMetricsList()
        .stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .toList();
  }
}
