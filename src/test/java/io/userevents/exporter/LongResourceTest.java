// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.prepared.PreparedLongPoint;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services with a long command line, which the javaagent puts into their resource. */
@Timeout(300)
class LongResourceTest {

  private static final List<String> ARGUMENTS =
      List.of("/usr/bin/java", "-cp", "/opt/app/lib/x.jar:".repeat(180), "io.example.Orders");

  private static final Resource RESOURCE =
      Resource.create(
          Attributes.builder()
              .put("service.name", "orders")
              .put(AttributeKey.stringArrayKey("process.command_args"), ARGUMENTS)
              .put("process.executable.path", "/usr/bin/java")
              .build());

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
  private final ReceivedEvents received = new ReceivedEvents();
  private final UserEventsMetricExporterBuilder builder =
      UserEventsMetricExporter.builder().setTracepoint(tracepoint);

  @BeforeEach
  void attach() {
    tracepoint.attach(received);
  }

  @Test
  void shouldExportWithoutTheCommandLineByDefault() throws Exception {
    UserEventsMetricExporter exporter = exporters.start(builder);

    record(exporter, 100);

    assertThat(received.values()).hasSize(100);
    assertThat(namesOfResourceAttributes())
        .contains("service.name", "process.executable.path")
        .doesNotContain("process.command_args");
    assertThat(exporter.statistics().reducedEnvelopes()).isZero();
    assertThat(exporters.log(Level.WARNING)).isEmpty();
  }

  @Test
  void shouldExportAllPointsWithACommandLineThatIsWanted() throws Exception {
    UserEventsMetricExporter exporter =
        exporters.start(builder.setExcludedResourceAttributes(List.of()));

    record(exporter, 100, 100);

    assertThat(received.values()).hasSize(200);
    assertThat(namesOfResourceAttributes()).contains("service.name", "process.command_args");
    assertThat(exporter.statistics().points(Outcome.DROPPED_TOO_LARGE)).isZero();
    assertThat(exporter.statistics().reducedPoints()).isZero();
  }

  @Test
  void shouldSayOnceWhatWasCutAndWhatToDo() {
    UserEventsMetricExporter exporter =
        exporters.start(builder.setExcludedResourceAttributes(List.of()));

    record(exporter, 100, 100);

    assertThat(exporter.statistics().reducedEnvelopes()).isEqualTo(1);
    assertThat(exporter.statistics().toString()).contains("reducedEnvelopes=1,");
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("resource=orders", "share=2024 bytes", "setExcludedResourceAttributes")
        .containsPattern("process.command_args cut from 3[45][0-9]{2} bytes to [0-9]+")
        .doesNotContain("metric=");
  }

  @Test
  void shouldExcludeWhatPatternsSay() throws Exception {
    record(exporters.start(builder.setExcludedResourceAttributes(List.of("process.*"))), 1);

    assertThat(namesOfResourceAttributes())
        .contains("service.name")
        .noneMatch(name -> name.startsWith("process."));
  }

  @Test
  void shouldPreparePointsOfTheSameResource() throws Exception {
    UserEventsMetricExporter exporter = exporters.start(builder);
    PreparedPoints points = exporter.preparedPoints().setResource(RESOURCE).build();

    PreparedLongPoint quantity = points.longCounter("order.quantity").build();
    assertThat(quantity.publish(17)).isTrue();
    assertThat(await(exporter.flush()).isSuccess()).isTrue();

    assertThat(received.values()).containsExactly(17L);
    assertThat(namesOfResourceAttributes())
        .containsExactlyInAnyOrder("service.name", "process.executable.path");
  }

  @Test
  void shouldPreparePointsWithACommandLineThatIsWantedAndSayOnceThatItIsCut() throws Exception {
    UserEventsMetricExporter exporter = exporters.start(builder);
    PreparedPoints points =
        exporter
            .preparedPoints()
            .setResource(RESOURCE)
            .setExcludedResourceAttributes(List.of())
            .build();

    assertThat(points.longCounter("order.quantity").build().publish(17)).isTrue();
    assertThat(points.longCounter("fill.quantity").build().publish(18)).isTrue();
    assertThat(await(exporter.flush()).isSuccess()).isTrue();

    assertThat(received.values()).containsExactly(17L, 18L);
    assertThat(namesOfResourceAttributes()).contains("process.command_args");
  }

  /** Shuts the exporter down at last, as the SDK does. */
  private static void record(UserEventsMetricExporter exporter, int... pointsOfExports) {
    try (SdkMeterProvider sdk =
        SdkMeterProvider.builder()
            .setResource(RESOURCE)
            .registerMetricReader(
                PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build())
            .build()) {
      var counter = sdk.get("shop").counterBuilder("orders").build();
      for (int points : pointsOfExports) {
        for (int i = 0; i < points; i++) {
          counter.add(1, Attributes.builder().put("order", i).build());
        }
        assertThat(sdk.forceFlush().join(60, TimeUnit.SECONDS).isSuccess()).isTrue();
      }
    }
  }

  private List<String> namesOfResourceAttributes() throws Exception {
    return ExportMetricsServiceRequest.parseFrom(received.events().get(0))
        .getResourceMetrics(0)
        .getResource()
        .getAttributesList()
        .stream()
        .map(KeyValue::getKey)
        .toList();
  }
}
