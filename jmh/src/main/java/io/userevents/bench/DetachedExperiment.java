// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Measures the cost of calls while no listener is attached. */
final class DetachedExperiment implements Experiment {

  private static final List<String> METHODS =
      List.of("baseline", "isAttached", "publish", "tryClaim");

  @Override
  public String id() {
    return "detached";
  }

  @Override
  public String summary() {
    return "calls while nobody listens";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return effort.jmhSeconds(METHODS.size() + 1);
  }

  @Override
  public List<Section> run(Effort effort) throws RunnerException {
    JmhRun pipeline = new JmhRun(effort);
    METHODS.forEach(
        method -> pipeline.include(io.userevents.pipeline.DisabledBenchmark.class, method));
    List<Figure> figures = new ArrayList<>(pipeline.run(JmhRun::method, result -> "", 1));
    figures.addAll(
        new JmhRun(effort)
            .include(io.userevents.exporter.DisabledBenchmark.class, "export")
            .run(result -> "export of 10,000 points", result -> "", 1));
    return List.of(
        new Section(
            id(),
            "While nobody listens",
            "A figure is the time of one call while no listener is attached to the"
                + " tracepoint, which is the permanent price of the exporter for the caller. The"
                + " idle consumer's CPU time is not in it. `baseline` is an empty call, which the"
                + " other figures include. `publish` and `tryClaim` count the record as dropped.",
            "ns/call",
            "",
            true,
            List.of("java -jar jmh/target/benchmarks.jar DisabledBenchmark -prof gc"),
            figures,
            List.of(),
            List.of()));
  }
}
