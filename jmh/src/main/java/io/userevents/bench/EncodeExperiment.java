// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.bench.Section.Comparison;
import io.userevents.exporter.internal.otlp.EncodeBenchmark;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures the encoding of points, by the exporter, OpenTelemetry's marshalers and protobuf-java.
 */
final class EncodeExperiment implements Experiment {

  private static final List<String> METHODS =
      List.of("userEvents", "userEventsUncached", "otelMarshaler", "protobufJava");
  private static final String[] POINTS = {"1", "100", "10000"};

  @Override
  public String id() {
    return "encode";
  }

  @Override
  public String summary() {
    return "encoding points, beside OpenTelemetry's marshalers and protobuf-java, by size";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return effort.jmhSeconds(METHODS.size() * POINTS.length * types(effort).size());
  }

  @Override
  public List<Section> run(Effort effort) throws RunnerException {
    List<Section> sections = new ArrayList<>();
    for (String type : types(effort)) {
      List<Figure> figures = new ArrayList<>();
      for (String points : POINTS) {
        JmhRun run = new JmhRun(effort).param("type", type).param("points", points);
        METHODS.forEach(method -> run.include(EncodeBenchmark.class, method));
        // JMH's score is in µs for all points.
        figures.addAll(
            run.run(JmhRun::method, result -> points, 1000.0 / Integer.parseInt(points)));
      }
      sections.add(
          new Section(
              id() + "-" + type,
              "Encoding: " + type,
              "A figure is the time to encode one point with four attributes, in an export of"
                  + " this many points. `userEvents` is the exporter from its second export on,"
                  + " with the parts that do not change in its cache; `userEventsUncached` encodes"
                  + " all parts each time. The marshaler is that of OpenTelemetry's OTLP exporters"
                  + " with low allocation. The others make one message; the exporter makes records"
                  + " that each decode alone. Bytes are those of a whole export.",
              "ns/point",
              "points",
              true,
              List.of(
                  "java -jar jmh/target/benchmarks.jar EncodeBenchmark -p type="
                      + type
                      + " -prof gc"),
              figures,
              List.of(
                  new Comparison("userEvents", "otelMarshaler"),
                  new Comparison("userEvents", "protobufJava"),
                  new Comparison("userEventsUncached", "otelMarshaler")),
              List.of()));
    }
    return sections;
  }

  private static List<String> types(Effort effort) {
    return effort.isFull()
        ? List.of("longSum", "doubleGauge", "histogram", "exponentialHistogram")
        : List.of("longSum");
  }
}
