// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.pipeline.FlightCost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the cost of a record to the whole process, from publish to the kernel. */
final class FlightExperiment implements Experiment {

  private static final List<String> MODES = List.of("user mode", "kernel");
  private static final int ROUNDS = 5;
  private static final int WARM_UPS = 3;

  @Override
  public String id() {
    return "flight";
  }

  @Override
  public String summary() {
    return "CPU time of all threads for a record from publish to the kernel, by rate";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    return rates().size() * (2 + (ROUNDS + WARM_UPS) * roundMs(effort) / 1000);
  }

  @Override
  public List<Section> run(Effort effort) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    for (Map.Entry<String, List<String>> rate : rates().entrySet()) {
      List<String> command = Commands.java();
      command.add(FlightCost.class.getName());
      command.addAll(rate.getValue());
      command.addAll(List.of(Integer.toString(ROUNDS), Long.toString(roundMs(effort))));
      List<double[]> rounds =
          Commands.lines(command).stream().map(FlightExperiment::round).toList();
      for (int mode = 0; mode < MODES.size(); mode++) {
        int index = mode;
        double[] values = rounds.stream().mapToDouble(round -> round[index]).toArray();
        figures.add(Rounds.figure(MODES.get(mode), rate.getKey(), values, null));
      }
    }
    return List.of(
        new Section(
            id(),
            "A record's flight",
            "A figure is the CPU time of all threads of the process for each record of 200"
                + " bytes, from `publish` until it is written to /dev/null: in user mode, and in"
                + " the kernel. The time of the publisher's pauses is subtracted; the sleeps and"
                + " wake-ups of the consumer are included. The more records come together, the"
                + " fewer system calls and sleeps each of them pays for.",
            "ns/record",
            "records",
            true,
            List.of(
                "java -cp jmh/target/benchmarks.jar "
                    + FlightCost.class.getName()
                    + " BURST PAUSE_US 5 1000"),
            figures,
            List.of(),
            List.of()));
  }

  /** Returns the numbers of records in a burst, and the microseconds between bursts. */
  private static Map<String, List<String>> rates() {
    Map<String, List<String>> rates = new LinkedHashMap<>();
    rates.put("1 every ms", List.of("1", "1000"));
    rates.put("10 every ms", List.of("10", "1000"));
    rates.put("100 every ms", List.of("100", "1000"));
    rates.put("without a pause", List.of("1000", "0"));
    return rates;
  }

  private static long roundMs(Effort effort) {
    return effort.isFull() ? 3000 : 1000;
  }

  private static double[] round(String line) {
    String[] parts = line.split(" ", 2);
    return new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])};
  }
}
