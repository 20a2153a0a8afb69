// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks of JMH and turns their results into figures. */
final class JmhRun {

  private static final String ALLOCATION = "gc.alloc.rate.norm";

  /**
   * The option that turns logging off, because each JVM would log its registrations between the
   * lines of progress.
   */
  private static final String QUIET = "-Djava.util.logging.config.file=/dev/null";

  private final OptionsBuilder options = new OptionsBuilder();

  JmhRun(Effort effort) {
    options
        .forks(effort.forks())
        .warmupIterations(effort.warmUps())
        .measurementIterations(effort.iterations())
        .warmupTime(TimeValue.milliseconds(effort.iterationMs()))
        .measurementTime(TimeValue.milliseconds(effort.iterationMs()))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .jvmArgsAppend(QUIET)
        .verbosity(VerboseMode.SILENT);
  }

  /** Adds a method of a class with benchmarks. */
  JmhRun include(Class<?> benchmark, String method) {
    options.include("^" + Pattern.quote(benchmark.getName() + "." + method) + "$");
    return this;
  }

  JmhRun param(String name, String... values) {
    options.param(name, values);
    return this;
  }

  JmhRun threads(int threads) {
    options.threads(threads);
    return this;
  }

  JmhRun jvmArgument(String argument) {
    options.jvmArgsAppend(QUIET, argument);
    return this;
  }

  /** Measures with another JVM. */
  JmhRun jvm(Path executable) {
    options.jvm(executable.toString());
    return this;
  }

  /**
   * Measures.
   *
   * @param subject returns the name of a result's subject, from its benchmark's method and
   *     parameters
   * @param variant returns the variant of a result
   * @param scale factor of the scores
   */
  List<Figure> run(
      Function<RunResult, String> subject, Function<RunResult, String> variant, double scale)
      throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    List<Figure> figures = new ArrayList<>();
    for (RunResult result : results) {
      figures.add(
          new Figure(
              subject.apply(result),
              variant.apply(result),
              result.getPrimaryResult().getScore() * scale,
              result.getPrimaryResult().getScoreError() * scale,
              bytes(result)));
    }
    return figures;
  }

  static String method(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static String param(RunResult result, String name) {
    return result.getParams().getParam(name);
  }

  private static @Nullable Double bytes(RunResult result) {
    for (String label : result.getSecondaryResults().keySet()) {
      if (label.endsWith(ALLOCATION)) {
        double score = result.getSecondaryResults().get(label).getScore();
        return Double.isNaN(score) ? null : score;
      }
    }
    return null;
  }
}
