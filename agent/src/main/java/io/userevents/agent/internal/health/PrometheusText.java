// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.health;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the agent's own metrics in the text format of Prometheus. The names are those to which
 * Prometheus and the Collector translate the OTLP metrics (OpenTelemetry specification,
 * compatibility/prometheus_and_openmetrics.md): dots become underscores, the unit follows as {@code
 * _bytes} or {@code _seconds}, and names of counts end in {@code _total}.
 */
final class PrometheusText {

  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final Map<String, String> UNITS = Map.of("By", "_bytes", "s", "_seconds");

  private static final PrometheusTextFormatWriter WRITER =
      PrometheusTextFormatWriter.builder().build();

  private PrometheusText() {}

  static byte[] of(List<Measure> measures) {
    Map<String, List<Measure>> byName = new LinkedHashMap<>();
    for (Measure measure : measures) {
      byName.computeIfAbsent(name(measure), name -> new ArrayList<>()).add(measure);
    }
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    byName.forEach((name, values) -> snapshots.metricSnapshot(snapshot(name, values)));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      WRITER.write(text, snapshots.build());
    } catch (IOException e) {
      // The writer writes to memory only.
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }

  private static String name(Measure measure) {
    String name = measure.name().replace('.', '_');
    String unit = UNITS.getOrDefault(measure.unit(), "");
    return name.endsWith(unit) ? name : name + unit;
  }

  private static MetricSnapshot snapshot(String name, List<Measure> values) {
    String help = values.get(0).description();
    if (values.get(0).kind() == Measure.Kind.COUNTER) {
      CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
      for (Measure value : values) {
        counter.dataPoint(
            CounterDataPointSnapshot.builder()
                .labels(labels(value))
                .value((double) value.value())
                .build());
      }
      return counter.build();
    }
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    for (Measure value : values) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(labels(value))
              .value((double) value.value())
              .build());
    }
    return gauge.build();
  }

  private static Labels labels(Measure value) {
    return value.label().isEmpty()
        ? Labels.EMPTY
        : Labels.of(value.label().replace('.', '_'), value.labelValue());
  }
}
