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
          "Use three JVMs for each figure and measure more sizes. This takes about an hour. Without"
              + " this option, each figure uses one JVM, and the run takes less than 15 minutes.")
  private boolean isFull;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "Run only these experiments, separated by commas. --list shows their names.")
  private List<String> only = List.of();

  @Option(names = "--list", description = "Show the experiments and their estimated times.")
  private boolean isList;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "benchmark-report",
      description = {
        "Write benchmarks.md to this folder, and plots and results.json to its subfolder"
            + " benchmarks. Missing folders are created, and files with these names are replaced. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private Path output = Path.of("benchmark-report");

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "Write the page and the plots from an earlier run's results.json. Nothing is measured.")
  private @Nullable Path from;

  /** Returns the results of an earlier run to write instead of measuring; null to measure. */
  public @Nullable Path from() {
    return from;
  }

  /** Returns whether to measure longer for smaller errors. */
  public boolean isFull() {
    return isFull;
  }

  /** Returns the experiments to run; empty for all. */
  public List<String> only() {
    return List.copyOf(only);
  }

  /** Returns whether to list the experiments instead of running them. */
  public boolean isList() {
    return isList;
  }

  /** Returns the folder for the report. */
  public Path output() {
    return output;
  }

  /** Returns the same options for another process, with the folder as an absolute path. */
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
