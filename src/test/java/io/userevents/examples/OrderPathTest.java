// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class OrderPathTest {

  private static final Path SOURCE = Path.of("test/java/io/userevents/examples/OrderPath.java");
  private static final Path DOC = Path.of("../docs/encoding.md");

  @Test
  void shouldPublishEveryFillWithPriceQuantityAndLatency() throws Exception {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("orders");
    tracepoint.attach(event -> received.write(event, 0, event.length));
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(tracepoint).setEventName("orders").build()) {
      OrderPath path = new OrderPath(PreparedPoints.builder(pipeline).build(), "EURUSD");

      path.onFill(1.0825, 500, 1_000, 1_750);
      path.onFill(1.0826, 200, 2_000, 2_600);
    }

    List<Metric> metrics =
        ExportMetricsServiceRequest.parseFrom(received.toByteArray())
            .getResourceMetricsList()
            .stream()
            .flatMap(resource -> resource.getScopeMetricsList().stream())
            .flatMap(scope -> scope.getMetricsList().stream())
            .toList();
    assertThat(metrics)
        .extracting(OrderPathTest::text)
        .containsExactly(
            "fill.price[EURUSD] 1.0825 at 1750",
            "fill.quantity[EURUSD] 500 at 1750",
            "fill.latency[EURUSD] 750 at 1750",
            "fill.price[EURUSD] 1.0826 at 2600",
            "fill.quantity[EURUSD] 200 at 2600",
            "fill.latency[EURUSD] 600 at 2600");
  }

  @Test
  void shouldBeTheCodeOfTheDocumentation() throws Exception {
    String source = Files.readString(SOURCE);
    String code = source.substring(source.indexOf("public final class"));

    assertThat(Files.readString(DOC)).contains("```java\n" + code + "```");
  }

  private static String text(Metric metric) {
    NumberDataPoint point =
        metric.hasSum() ? metric.getSum().getDataPoints(0) : metric.getGauge().getDataPoints(0);
    return metric.getName()
        + "["
        + point.getAttributes(0).getValue().getStringValue()
        + "] "
        + (point.hasAsInt()
            ? String.valueOf(point.getAsInt())
            : String.valueOf(point.getAsDouble()))
        + " at "
        + point.getTimeUnixNano();
  }
}
