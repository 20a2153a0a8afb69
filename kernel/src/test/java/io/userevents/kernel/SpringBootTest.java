// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.userevents.services.SpringService;
import io.userevents.services.SpringService.Form;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The Spring Boot service, with OpenTelemetry's starter as it is published and the {@code
 * application.yaml} that the documentation shows: its metrics and those of its framework reach
 * perf.
 */
@Tag("kernel")
final class SpringBootTest {

  private static final Path SERVICES = Path.of("..", "services");
  private static final KeyValue SERVICE_NAME =
      AllInstruments.keyValue("service.name", AllInstruments.textOf("orders"));
  private static final KeyValue BUY = AllInstruments.keyValue("side", AllInstruments.textOf("buy"));
  private static final KeyValue SELL =
      AllInstruments.keyValue("side", AllInstruments.textOf("sell"));

  @ParameterizedTest
  // Each takes minutes to start on an emulated processor. The module services starts all four.
  @CsvSource({"3, DECLARATIVE", "4, PROPERTIES"})
  void shouldShowTheServiceAndItsFrameworkToPerf(String generation, Form form) throws Exception {
    List<byte[]> received;
    try (SpringService service =
        SpringService.start(
            SERVICES, generation, form, List.of(form.setting("self_metrics", true)))) {
      // The service has registered the event when it serves.
      PerfReader perf = PerfReader.start();
      service.order("buy", 10);
      service.order("buy", 20);
      service.order("sell", 5);
      service.end();
      received = perf.end();
      // The SDK warns that a value is text in the declarative form.
      assertThat(service.log().lines())
          .noneMatch(line -> line.contains(" ERROR "))
          .filteredOn(line -> line.contains(" WARN "))
          .allMatch(line -> line.contains("YamlDeclarativeConfigProperties"));
    }

    List<Metric> metrics = Received.metrics(received);
    assertThat(metrics)
        .extracting(Metric::getName)
        .contains(
            // A scope of the starter.
            "http.server.request.duration",
            "jvm.memory.used",
            // Spring Boot's, from Micrometer.
            "http.server.requests",
            "application.ready.time",
            // The exporter's.
            "user_events.tracepoint.status");
    assertThat(sum(metrics, BUY)).isEqualTo(2);
    assertThat(sum(metrics, SELL)).isEqualTo(1);
    List<HistogramDataPoint> prices =
        named(metrics, "order.price")
            .flatMap(metric -> metric.getHistogram().getDataPointsList().stream())
            .toList();
    assertThat(prices.stream().mapToLong(HistogramDataPoint::getCount).sum()).isEqualTo(3);
    assertThat(prices.stream().mapToDouble(HistogramDataPoint::getSum).sum()).isEqualTo(35);
    for (ExportMetricsServiceRequest request : Received.decode(received)) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        assertThat(resource.getResource().getAttributesList()).contains(SERVICE_NAME);
      }
    }
  }

  /** All orders of a side, as deltas. */
  private static long sum(List<Metric> metrics, KeyValue side) {
    return named(metrics, "orders")
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .filter(point -> point.getAttributesList().contains(side))
        .mapToLong(NumberDataPoint::getAsInt)
        .sum();
  }

  private static Stream<Metric> named(List<Metric> metrics, String name) {
    return metrics.stream().filter(metric -> metric.getName().equals(name));
  }
}
