// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.pipeline.LatencyCurve;
import io.userevents.pipeline.LatencyPanel;
import io.userevents.pipeline.PublishLatency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures how long single calls of publish take, by percentile. */
final class LatencyExperiment implements Experiment {

  private static final List<String> PERCENTILES = List.of("50", "90", "99", "99.9", "99.99");
  private static final long QUICK_SAMPLES = 300_000;
  private static final long FULL_SAMPLES = 2_000_000;

  /**
   * The estimated time for a sample: there are two panels of about six curves, a sample of the
   * first takes 5 µs, and the warm-up adds a quarter.
   */
  private static final double SECONDS_PER_SAMPLE = 60e-6;

  @Override
  public String id() {
    return "latency";
  }

  @Override
  public String summary() {
    return "single calls of publish by percentile, for wait strategies and back-pressure policies";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return (long) (samples(effort) * SECONDS_PER_SAMPLE);
  }

  @Override
  public List<Section> run(Effort effort) {
    List<Section> sections = new ArrayList<>();
    List<LatencyPanel> panels = PublishLatency.measure(samples(effort));
    for (int i = 0; i < panels.size(); i++) {
      sections.add(section(id() + "-" + (i + 1), panels.get(i), samples(effort)));
    }
    return sections;
  }

  private static long samples(Effort effort) {
    return effort.isFull() ? FULL_SAMPLES : QUICK_SAMPLES;
  }

  private static Section section(String id, LatencyPanel panel, long samples) {
    List<Figure> figures = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (LatencyCurve curve : panel.curves()) {
      for (String percentile : PERCENTILES) {
        double ns = curve.histogram().getValueAtPercentile(Double.parseDouble(percentile));
        figures.add(new Figure(curve.name(), percentile, ns, Double.NaN, null));
      }
      if (curve.refused() > 0) {
        refusals.add(
            String.format(Locale.ROOT, "`%s` %.1f %%", curve.name(), curve.refusedPercent()));
      }
    }
    return new Section(
        id,
        panel.title(),
        "A figure is the time within which so many percent of the calls of `publish` return:"
            + " the longest time that a caller must expect. The first curve has no call between its"
            + " two readings of the clock, so it shows the tail of the machine itself. A call"
            + " starts when the one before has ended. A call whose record is refused is short.",
        "ns",
        "percentile",
        true,
        List.of(
            "java -cp jmh/target/benchmarks.jar "
                + PublishLatency.class.getName()
                + " latency.png "
                + samples),
        figures,
        List.of(),
        refusals.isEmpty() ? List.of() : List.of("Refused: " + String.join(", ", refusals) + "."));
  }
}
