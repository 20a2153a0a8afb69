// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.bench.Section.Comparison;
import io.userevents.pipeline.DrainBenchmark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures the consumer's work for each record, by JNA and by {@code java.lang.foreign}, and the
 * same loop in C.
 */
final class DrainExperiment implements Experiment {

  private static final int FIRST_FOREIGN = 22;
  private static final String ROUNDS_OF_C = "9";
  private static final String CALLS_OF_C = "5000";
  private static final List<String> METHODS = List.of("drain", "write");
  private static final String FOREIGN = "foreign";

  private final NewestJava newest = NewestJava.find();

  @Override
  public String id() {
    return "drain";
  }

  @Override
  public String summary() {
    return "the consumer's work for each record, beside the same loop in C (needs gcc)";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return effort.jmhSeconds(METHODS.size() * ways().size()) + 5;
  }

  @Override
  public List<Section> run(Effort effort)
      throws RunnerException, IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    if (CProgram.canCompile()) {
      figures.add(c());
    } else {
      notes.add("C was left out: gcc is not installed.");
    }
    if (newest.version() < FIRST_FOREIGN) {
      notes.add("java.lang.foreign was left out: there is no JDK of version 22 or newer here.");
    } else if (newest.version() != Runtime.version().feature()) {
      notes.add("`foreign` ran on the newest JDK of the machine, " + newest.version() + ".");
    }
    for (String way : ways()) {
      JmhRun run = new JmhRun(effort).jvmArgument("-Dio.userevents.syscalls=" + way);
      if (way.equals(FOREIGN)) {
        run.jvm(newest.executable());
      }
      METHODS.forEach(method -> run.include(DrainBenchmark.class, method));
      figures.addAll(
          run.run(
              result -> way + (JmhRun.method(result).equals("write") ? ", calls alone" : ""),
              result -> "",
              1));
    }
    List<Comparison> comparisons = new ArrayList<>();
    figures.stream()
        .map(Figure::subject)
        .filter(subject -> !subject.equals("C"))
        .forEach(subject -> comparisons.add(new Comparison(subject, "C")));
    return List.of(
        new Section(
            id(),
            "Draining the ring",
            "A figure is the consumer's time for each record of 200 bytes from a full ring to"
                + " /dev/null, 20 records in an event. `calls alone` makes the same system calls"
                + " without the ring. The program in C has the loop, without outcomes, counters and"
                + " claims.",
            "ns/record",
            "",
            true,
            List.of(
                "java -jar jmh/target/benchmarks.jar DrainBenchmark -prof gc -jvmArgsAppend"
                    + " -Dio.userevents.syscalls=WAY"),
            figures,
            comparisons,
            notes));
  }

  private List<String> ways() {
    return newest.version() >= FIRST_FOREIGN ? List.of(FOREIGN, "jna") : List.of("jna");
  }

  /** Returns the median of the rounds in C, and half of their range. */
  private static Figure c() throws IOException, InterruptedException {
    try (CProgram program = CProgram.compile("drain")) {
      double[] rounds =
          Commands.lines(List.of(program.binary().toString(), ROUNDS_OF_C, CALLS_OF_C)).stream()
              .mapToDouble(Double::parseDouble)
              .sorted()
              .toArray();
      return Rounds.figure("C", "", rounds, null);
    }
  }
}
