// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.bench.Section.Comparison;
import io.userevents.pipeline.PublishBenchmark;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Measures publishing through the pipeline, through queues, and by a system call of the caller. */
final class PublishExperiment implements Experiment {

  private static final List<String> METHODS =
      List.of("disruptor", "manyToOneRingBuffer", "arrayBlockingQueue", "synchronousWritev");

  @Override
  public String id() {
    return "publish";
  }

  @Override
  public String summary() {
    return "publishing a record, beside queues and the caller's own writev, by threads";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return effort.jmhSeconds(METHODS.size() * threads(effort).size());
  }

  @Override
  public List<Section> run(Effort effort) throws RunnerException {
    List<Figure> figures = new ArrayList<>();
    for (int threads : threads(effort)) {
      JmhRun run = new JmhRun(effort).threads(threads);
      METHODS.forEach(method -> run.include(PublishBenchmark.class, method));
      // The score is the mean time of a call on each thread; together the threads publish that many
      // times more.
      figures.addAll(run.run(JmhRun::method, result -> Integer.toString(threads), 1.0 / threads));
    }
    return List.of(
        new Section(
            id(),
            "Publishing a record",
            "A figure is the time for each record of 200 bytes that goes through, to /dev/null, with"
                + " all publishing threads at work and no pause: the pace at which a busy service can"
                + " publish for long. `disruptor` is the pipeline. The queues have as much room, a"
                + " consumer that gathers records into events of the same length, and the same writev"
                + " behind them. `synchronousWritev` is the caller's own system call for each record.",
            "ns/record",
            "threads",
            true,
            List.of(
                "java -jar jmh/target/benchmarks.jar"
                    + " 'PublishBenchmark.(disruptor$|many.*|array.*|sync.*)' -t THREADS -prof gc"),
            figures,
            List.of(
                new Comparison("disruptor", "synchronousWritev"),
                new Comparison("disruptor", "arrayBlockingQueue"),
                new Comparison("disruptor", "manyToOneRingBuffer")),
            List.of()));
  }

  private static List<Integer> threads(Effort effort) {
    return effort.isFull() ? List.of(1, 2, 4, 8) : List.of(1, 2, 4);
  }
}
