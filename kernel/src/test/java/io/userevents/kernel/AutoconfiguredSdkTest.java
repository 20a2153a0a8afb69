// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.View;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.PipelineStatistics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An application whose SDK configures itself from properties and that calls nothing of this
 * project.
 */
@Tag("kernel")
final class AutoconfiguredSdkTest {

  private static final String SCOPE = "trading";

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "otel.metrics.exporter", "user_events",
          "otel.traces.exporter", "none",
          "otel.logs.exporter", "none",
          "otel.service.name", "orders",
          // Exports only on the test's request.
          "otel.metric.export.interval", "3600000");

  @Test
  void shouldReachPerfWithEveryInstrument() throws Exception {
    // Used to wait for the listener, and for the balance at the end.
    List<UserEventsMetricExporter> observed = new ArrayList<>();
    long earliestNs = nowNs();
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(() -> PROPERTIES)
            .addMetricExporterCustomizer(
                (exporter, config) -> {
                  observed.add((UserEventsMetricExporter) exporter);
                  return exporter;
                })
            .addMeterProviderCustomizer(
                (provider, config) ->
                    provider.registerView(
                        InstrumentSelector.builder().setName(AllInstruments.EXPONENTIAL).build(),
                        View.builder()
                            .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                            .build()))
            .disableShutdownHook()
            .build()
            .getOpenTelemetrySdk();
    List<byte[]> received;
    try (sdk) {
      PerfReader perf = PerfReader.start();
      Tracing.await("attachment", observed.get(0)::isAttached);
      AllInstruments.record(sdk.getMeter(SCOPE));
      TestSdk.flush(sdk.getSdkMeterProvider());
      // Done before the SDK exports the cumulative metrics once more at its end.
      received = perf.end();
    }

    assertAsRecorded(received, new Times(earliestNs, nowNs()));
    PipelineStatistics statistics = observed.get(0).statistics().pipeline();
    assertThat(statistics.offered()).isPositive().isEqualTo(statistics.outcomes());
  }

  /** The interval is an hour, so perf receives metrics only because it has attached. */
  @Test
  void shouldCollectForPerfWhenItAttaches() throws Exception {
    Map<String, String> properties = new HashMap<>(PROPERTIES);
    properties.put("otel.metrics.exporter", "user_events_on_attach");
    CountDownLatch collection = new CountDownLatch(1);
    OpenTelemetrySdk sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(() -> properties)
            .disableShutdownHook()
            .build()
            .getOpenTelemetrySdk();
    PerfReader perf;
    try (sdk) {
      Meter meter = sdk.getMeter(SCOPE);
      meter.counterBuilder("orders").build().add(3);
      meter.gaugeBuilder("depth").buildWithCallback(measurement -> collection.countDown());
      perf = PerfReader.start();
      assertThat(collection.await(300, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(Received.metrics(perf.end()))
        .filteredOn(metric -> metric.getName().equals("orders"))
        .flatExtracting(metric -> metric.getSum().getDataPointsList())
        .extracting(NumberDataPoint::getAsInt)
        .containsExactly(3L);
  }

  private static void assertAsRecorded(List<byte[]> received, Times times) throws Exception {
    Map<String, Metric> byName = new LinkedHashMap<>();
    for (ExportMetricsServiceRequest request : Received.decode(received)) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        assertThat(resource.getResource().getAttributesList())
            .contains(AllInstruments.keyValue("service.name", AllInstruments.textOf("orders")));
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          // Other metrics belong to the SDK.
          if (scope.getScope().getName().equals(SCOPE)) {
            for (Metric metric : scope.getMetricsList()) {
              byName.merge(metric.getName(), times.checkAndRemove(metric), Received::join);
            }
          }
        }
      }
    }
    assertThat(byName.values().stream().map(Received::sorted))
        .containsExactlyInAnyOrderElementsOf(
            AllInstruments.expected().stream().map(Received::sorted).toList());
  }

  private static long nowNs() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
