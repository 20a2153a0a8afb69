// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The exporter keeps encoded parts from one export to the next. */
@Timeout(300)
class EncodingCacheTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final CountedAttributes attributes =
      new CountedAttributes(Attributes.builder().put("side", "buy").build());

  @Test
  void shouldEncodeAttributesOnceForAllExports() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    export(exporter, 1);
    export(exporter, 2);
    export(exporter, 3);

    assertThat(attributes.walks()).isEqualTo(1);
    assertThat(tracepoint.received.values()).containsExactly(1L, 2L, 3L);
    assertThat(tracepoint.received.metrics())
        .extracting(metric -> metric.getSum().getDataPoints(0).getAttributes(0).getKey())
        .containsExactly("side", "side", "side");
  }

  @Test
  void shouldEncodeAttributesEachTimeWithoutMemory() {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setEncodingCacheMemory(0));

    export(exporter, 1);
    export(exporter, 2);
    export(exporter, 3);

    assertThat(attributes.walks()).isEqualTo(3);
    assertThat(tracepoint.received.values()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldKeepWhatItHasWhenAMetricCannotBeRead() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    export(exporter, 1);
    exporter.export(List.of(FailingMetric.atItsUnit(Metrics.sum("bad", 7))));
    export(exporter, 2);

    assertThat(attributes.walks()).isEqualTo(1);
  }

  @Test
  void shouldBeginAfreshAfterAnError() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);

    export(exporter, 1);
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> exporter.export(FailingMetric.outOfMemory()));
    export(exporter, 2);
    assertThat(attributes.walks()).as("made again").isEqualTo(2);
    export(exporter, 3);
    assertThat(attributes.walks()).as("and kept").isEqualTo(2);
  }

  private void export(UserEventsMetricExporter exporter, long value) {
    MetricData metric =
        Metrics.sum("orders", List.of(ImmutableLongPointData.create(1, 2, attributes, value)));
    assertThat(await(exporter.export(List.of(metric))).isSuccess()).isTrue();
  }
}
