// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.exporter.ExportBenchmark;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Measures the cost of an export by the number of series. */
final class SeriesExperiment implements Experiment {

  private static final String[] PACKINGS = {"PACKED", "SINGLE"};

  @Override
  public String id() {
    return "series";
  }

  @Override
  public String summary() {
    return "a whole export until it is written, by the number of series";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return effort.jmhSeconds(PACKINGS.length * points(effort).size());
  }

  @Override
  public List<Section> run(Effort effort) throws RunnerException {
    List<Figure> figures = new ArrayList<>();
    for (String points : points(effort)) {
      figures.addAll(
          new JmhRun(effort)
              .include(ExportBenchmark.class, "untilWritten")
              .param("points", points)
              .param("packing", PACKINGS)
              .run(
                  result -> JmhRun.param(result, "packing"),
                  result -> points,
                  1000.0 / Integer.parseInt(points)));
    }
    return List.of(
        new Section(
            id(),
            "An export by the number of series",
            "A figure is the time for each point from the call of `export` until the last record is"
                + " written to /dev/null, with sums of longs with four attributes. `PACKED` is the"
                + " default encoding, and `SINGLE` is one point an event, as the exporters for Rust"
                + " and .NET write. Both are without pacing, which is on by default, because there is"
                + " no reader. `SINGLE` has 16,384 slots, and `PACKED` the default. Bytes are those"
                + " of a whole export.",
            "ns/point",
            "points",
            true,
            List.of(
                "java -jar jmh/target/benchmarks.jar ExportBenchmark.untilWritten -p points=POINTS"
                    + " -prof gc"),
            figures,
            List.of(new Section.Comparison("PACKED", "SINGLE")),
            List.of()));
  }

  /**
   * Returns the numbers of points. An event for each point needs a slot for each, and the
   * benchmark's ring has 16,384.
   */
  private static List<String> points(Effort effort) {
    return effort.isFull()
        ? List.of("1", "10", "100", "1000", "10000")
        : List.of("1", "100", "10000");
  }
}
