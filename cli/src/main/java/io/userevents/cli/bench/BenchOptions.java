// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code bench}, and of the program that it runs. */
public final class BenchOptions {

  @Option(
      names = "--full",
      description =
          "Measure with three JVMs for each figure and more sizes: about an hour. Without it, one JVM"
              + " each: under 15 minutes.")
  private boolean isFull;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "Run these experiments only, separated by commas. --list shows them.")
  private List<String> only = List.of();

  @Option(names = "--list", description = "Show the experiments and their estimated times.")
  private boolean isList;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "benchmark-report",
      description = {
        "The folder for benchmarks.md, and for plots and results.json in its folder benchmarks. They"
            + " are made if they are missing, and files of these names are replaced. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private Path output = Path.of("benchmark-report");

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "Write the page and the plots of an earlier run's results.json; measure nothing.")
  private @Nullable Path from;

  /** The results of an earlier run to write in place of measuring; null to measure. */
  public @Nullable Path from() {
    return from;
  }

  /** Whether to take the time for smaller errors. */
  public boolean isFull() {
    return isFull;
  }

  /** The experiments to run; none for all. */
  public List<String> only() {
    return List.copyOf(only);
  }

  /** Whether to show the experiments in place of running them. */
  public boolean isList() {
    return isList;
  }

  /** The folder for the report. */
  public Path output() {
    return output;
  }

  /** The same options for another process; the folder as an absolute path. */
  public List<String> toArguments() {
    List<String> arguments = new ArrayList<>();
    if (isFull) {
      arguments.add("--full");
    }
    if (isList) {
      arguments.add("--list");
    }
    if (!only.isEmpty()) {
      arguments.add("--only=" + String.join(",", only));
    }
    if (from != null) {
      arguments.add("--from=" + from.toAbsolutePath());
    }
    arguments.add("--output=" + output.toAbsolutePath());
    return arguments;
  }
}
