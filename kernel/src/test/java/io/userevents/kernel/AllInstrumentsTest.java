// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.pipeline.Outcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three independent readers receive exactly what an application records on every kind of
 * instrument: perf, ftrace and this project's listener.
 */
@Tag("kernel")
final class AllInstrumentsTest {

  private static final String RESOURCE_SCHEMA = "https://example.com/schemas/resource";
  private static final String SCOPE_SCHEMA = "https://example.com/schemas/scope";

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void shouldReachPerfFtraceAndTheListenerAsRecorded() throws Exception {
    assertReachesAllReaders(UserEventsMetricExporter.builder());
  }

  @Test
  void shouldReachThemInOneEventForEachPointToo() throws Exception {
    ExporterStatistics statistics =
        assertReachesAllReaders(UserEventsMetricExporter.builder().setOnePointPerEvent(true));
    assertThat(statistics.pipeline().events()).isEqualTo(statistics.points(Outcome.WRITTEN));
  }

  private ExporterStatistics assertReachesAllReaders(UserEventsMetricExporterBuilder builder)
      throws Exception {
    UserEventsMetricExporter exporter = exporters.build(builder);
    PerfReader perf = PerfReader.start();
    FtraceReader ftrace = FtraceReader.start();
    ListenerReader listener = ListenerReader.start();
    Tracing.await("attachment", exporter::isAttached);

    long earliestNs = nowNs();
    Map<String, List<byte[]>> received = new LinkedHashMap<>();
    ExporterStatistics statistics;
    try (SdkMeterProvider provider = provider(exporter)) {
      Meter meter =
          provider
              .meterBuilder("trading")
              .setInstrumentationVersion("1.2.3")
              .setSchemaUrl(SCOPE_SCHEMA)
              .build();
      AllInstruments.record(meter);
      TestSdk.flush(provider);
      // Done before the provider exports the cumulative metrics once more at its end.
      received.put("listener", listener.end());
      received.put("perf", perf.end());
      received.put("ftrace", ftrace.end());
      statistics = exporter.statistics();
    }
    Times times = new Times(earliestNs, nowNs());

    received.forEach(
        (reader, buffers) -> {
          assertThat(buffers)
              .as("events that %s received: %s", reader, statistics)
              .hasSize((int) statistics.pipeline().events());
          assertThat(buffers)
              .as("bytes of %s", reader)
              .containsExactlyElementsOf(received.get("listener"));
        });
    assertAsRecorded(received.get("perf"), times);
    assertThat(statistics.pipeline().dropped()).isZero();
    return statistics;
  }

  private static SdkMeterProvider provider(UserEventsMetricExporter exporter) {
    return TestSdk.builder(exporter)
        .setResource(
            Resource.create(
                Attributes.of(AttributeKey.stringKey("service.name"), "orders"), RESOURCE_SCHEMA))
        .registerView(
            InstrumentSelector.builder().setName(AllInstruments.EXPONENTIAL).build(),
            View.builder().setAggregation(Aggregation.base2ExponentialBucketHistogram()).build())
        .build();
  }

  private static void assertAsRecorded(List<byte[]> buffers, Times times) throws Exception {
    Map<String, Metric> byName = new LinkedHashMap<>();
    for (ExportMetricsServiceRequest request : Received.decode(buffers)) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        assertThat(resource.getSchemaUrl()).isEqualTo(RESOURCE_SCHEMA);
        assertThat(resource.getResource().getAttributesList())
            .containsExactly(
                AllInstruments.keyValue("service.name", AllInstruments.textOf("orders")));
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          assertThat(scope.getScope().getName()).isEqualTo("trading");
          assertThat(scope.getScope().getVersion()).isEqualTo("1.2.3");
          assertThat(scope.getSchemaUrl()).isEqualTo(SCOPE_SCHEMA);
          for (Metric metric : scope.getMetricsList()) {
            byName.merge(metric.getName(), times.checkAndRemove(metric), Received::join);
          }
        }
      }
    }
    for (Metric expected : AllInstruments.expected()) {
      Metric metric = byName.remove(expected.getName());
      assertThat(metric).as(expected.getName()).isNotNull();
      assertThat(Received.sorted(metric)).isEqualTo(Received.sorted(expected));
    }
    assertThat(byName).as("metrics that were not recorded").isEmpty();
  }

  private static long nowNs() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
