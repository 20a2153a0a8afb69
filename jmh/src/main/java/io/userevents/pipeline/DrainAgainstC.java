// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Compares {@link DrainBenchmark} with the same loop in C ({@code drain.c}), compiled by gcc, in
 * turns on one machine. Prints for each way to make system calls how many times as many records a
 * second it drains as C.
 */
public final class DrainAgainstC {

  private static final int TURNS = 3;
  private static final int FEATURE = Runtime.version().feature();

  private DrainAgainstC() {}

  /** Needs gcc; no arguments. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, RunnerException {
    PrintStream output = System.out;
    Path folder = Files.createTempDirectory("drain");
    Path program = compile(folder);
    try {
      output.println("JDK " + Runtime.version());
      output.println("ns a record, lower is better; records a second as a ratio to C");
      for (int turn = 0; turn < TURNS; turn++) {
        double c = median(run(List.of(program.toString(), "9", "5000")));
        output.printf("C %.1f%n", c);
        for (String calls : FEATURE >= 22 ? List.of("foreign", "jna") : List.of("jna")) {
          double drain = score("drain", calls);
          double write = score("write", calls);
          output.printf(
              "%s drain %.1f ratio %.2f, its system calls alone %.1f ratio %.2f%n",
              calls, drain, c / drain, write, c / write);
        }
      }
    } finally {
      Files.delete(program);
      Files.delete(folder);
    }
  }

  private static double score(String benchmark, String calls) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options.include(
        "^" + DrainBenchmark.class.getName().replace(".", "\\.") + "\\." + benchmark + "$");
    options.forks(2).warmupIterations(4).measurementIterations(5);
    options.warmupTime(TimeValue.milliseconds(500)).measurementTime(TimeValue.milliseconds(500));
    options.jvmArgsAppend("-Dio.userevents.syscalls=" + calls);
    options.verbosity(VerboseMode.SILENT);
    RunResult result = new Runner(options.build()).run().iterator().next();
    return result.getPrimaryResult().getScore();
  }

  private static Path compile(Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve("drain.c");
    try (InputStream packed =
        Objects.requireNonNull(DrainAgainstC.class.getResourceAsStream("/drain.c"))) {
      Files.copy(packed, source);
    }
    Path program = folder.resolve("drain");
    try {
      var unused = run(List.of("gcc", "-O2", "-o", program.toString(), source.toString()));
    } finally {
      Files.delete(source);
    }
    return program;
  }

  /** Returns the lines that it prints. */
  private static List<String> run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    if (process.waitFor() != 0) {
      throw new IOException("failed with status " + process.exitValue() + ": " + command);
    }
    return lines;
  }

  private static double median(List<String> lines) {
    double[] sorted = lines.stream().mapToDouble(Double::parseDouble).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
