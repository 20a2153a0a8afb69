// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.cli.bench.BenchOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs the experiments one after the other and writes the report after each of them, so that a run
 * that is stopped keeps the figures that it has measured.
 */
@Command(name = "bench", mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {

  private static final List<Experiment> EXPERIMENTS =
      List.of(
          new DetachedExperiment(),
          new PublishExperiment(),
          new DrainExperiment(),
          new FlightExperiment(),
          new EncodeExperiment(),
          new SeriesExperiment(),
          new PeersExperiment(),
          new LatencyExperiment());

  private static final int FAILURE = 1;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private BenchOptions options = new BenchOptions();

  private final PrintStream progress = System.err;

  private Bench() {}

  /** Ends the JVM with 0, with 1 if an experiment failed, or with 2 for wrong arguments. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Effort effort = options.isFull() ? Effort.FULL : Effort.QUICK;
    List<Experiment> chosen = chosen();
    if (options.isList()) {
      for (Experiment experiment : chosen) {
        System.out.printf(
            "%-10s %6s  %s%n",
            experiment.id(), time(experiment.estimatedSeconds(effort)), experiment.summary());
      }
      return 0;
    }
    Path from = options.from();
    if (from != null) {
      Results.read(from).write(options.output());
      return 0;
    }
    Machine machine =
        Machine.read(
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                // This argument is the launcher's, and the benchmarks do not know it.
                .filter(argument -> !argument.startsWith("-Duserevents.home="))
                .toList());
    if (machine.isBusy()) {
      progress.printf(
          "bench: other work uses %.0f %% of the processors, so it is in the figures%n",
          machine.busyPercent());
    }
    List<Section> sections = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      Experiment experiment = chosen.get(i);
      long restSeconds =
          chosen.subList(i, chosen.size()).stream()
              .mapToLong(rest -> rest.estimatedSeconds(effort))
              .sum();
      progress.printf(
          "bench: %d of %d, %s: about %s, %s until the end%n",
          i + 1,
          chosen.size(),
          experiment.id(),
          time(experiment.estimatedSeconds(effort)),
          time(restSeconds));
      try {
        sections.addAll(experiment.run(effort));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.add(experiment.id() + " was interrupted");
        break;
      } catch (Exception e) {
        progress.println("bench: " + experiment.id() + " failed: " + e);
        failures.add(experiment.id() + ": " + e);
      }
      new Results(command(), machine, failures, sections).write(options.output());
    }
    progress.println("bench: the report is in " + Results.page(options.output()));
    return failures.isEmpty() ? 0 : FAILURE;
  }

  private List<Experiment> chosen() {
    List<String> ids = EXPERIMENTS.stream().map(Experiment::id).toList();
    for (String id : options.only()) {
      if (!ids.contains(id)) {
        throw new ParameterException(
            spec.commandLine(),
            "--only names an experiment that does not exist: " + id + "; there are " + ids);
      }
    }
    return EXPERIMENTS.stream()
        .filter(experiment -> options.only().isEmpty() || options.only().contains(experiment.id()))
        .toList();
  }

  private String command() {
    StringBuilder command = new StringBuilder("./user-events bench");
    if (options.isFull()) {
      command.append(" --full");
    }
    if (!options.only().isEmpty()) {
      command.append(" --only ").append(String.join(",", options.only()));
    }
    return command.toString();
  }

  private static String time(long seconds) {
    Duration duration = Duration.ofSeconds(seconds);
    return duration.toMinutes() + ":" + String.format("%02d", duration.toSecondsPart());
  }
}
