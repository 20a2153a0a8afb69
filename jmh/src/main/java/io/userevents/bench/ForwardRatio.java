// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.agent.ForwarderCpu;
import io.userevents.exporter.ExporterCpu;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints the CPU time of a million points of the agent, of OpenTelemetry's OTLP/HTTP exporter, and
 * their ratio. Both send the same points to the same receiver, each in a JVM of its own; the rounds
 * of one follow those of the other, and the one that waits does nothing. The receiver is a third
 * process, whose CPU time is not in the figures.
 *
 * <p>Arguments: number of series; the agent's points per second; rounds; seconds of a round;
 * optionally the CPU of the two, and the CPU of the receiver. The flags of this JVM are those of
 * both.
 */
public final class ForwardRatio {

  private static final int WARM_UP_ROUNDS = 3;
  private static final String AGENT_FIGURE = "cpu_ns_per_point=";

  private ForwardRatio() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    if (args.length != 4 && args.length != 6) {
      System.err.println("arguments: SERIES POINTS_PER_SECOND ROUNDS SECONDS [CPU RECEIVER_CPU]");
      System.exit(2);
    }
    String series = args[0];
    int rounds = Integer.parseInt(args[2]);
    List<String> on = args.length == 6 ? pinned(args[4]) : List.of();
    List<String> receiverOn = args.length == 6 ? pinned(args[5]) : List.of();
    try (Child receiver = Child.start(receiverOn, List.of(OtlpReceiver.class.getName()))) {
      String url = receiver.line();
      try (Child agent =
              Child.start(
                  on, List.of(ForwarderCpu.class.getName(), url, series, args[1], "0", args[3]));
          Child exporter =
              Child.start(
                  on,
                  List.of(
                      ExporterCpu.class.getName(),
                      url,
                      series,
                      "0",
                      Long.toString(1000 * Long.parseLong(args[3]))))) {
        System.out.println("agent: " + agent.line());
        measure(agent, exporter, rounds);
      }
    }
  }

  private static List<String> pinned(String cpu) {
    return List.of("taskset", "-c", cpu);
  }

  private static void measure(Child agent, Child exporter, int rounds) throws IOException {
    double[] agentNs = new double[rounds];
    double[] exporterNs = new double[rounds];
    double[] ratios = new double[rounds];
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      String ofAgent = agent.round();
      String ofExporter = exporter.round();
      if (round >= 0) {
        agentNs[round] = Double.parseDouble(figure(ofAgent));
        exporterNs[round] = Double.parseDouble(ofExporter);
        ratios[round] = exporterNs[round] / agentNs[round];
        System.out.printf(
            Locale.ROOT,
            "round %d: agent %s; exporter cpu_ns_per_point=%.2f; ratio=%.2f%n",
            round + 1,
            ofAgent,
            exporterNs[round],
            ratios[round]);
      }
    }
    // Nanoseconds of a point are milliseconds of a million points.
    print("agent, CPU ms of a million points", agentNs);
    print("exporter, CPU ms of a million points", exporterNs);
    print("ratio", ratios);
  }

  private static String figure(String line) {
    return line.substring(AGENT_FIGURE.length(), line.indexOf(' '));
  }

  private static void print(String name, double[] rounds) {
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%s: median %.2f, %.2f to %.2f in %d rounds%n",
        name,
        sorted[sorted.length / 2],
        sorted[0],
        sorted[sorted.length - 1],
        sorted.length);
  }

  /** A program in another JVM that answers each line with one line. */
  private record Child(Process process, BufferedReader lines) implements AutoCloseable {

    static Child start(List<String> prefix, List<String> program) throws IOException {
      List<String> command = new ArrayList<>(prefix);
      command.addAll(Commands.java());
      command.addAll(program);
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new Child(process, process.inputReader(StandardCharsets.UTF_8));
    }

    String line() throws IOException {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("a program has ended");
      }
      return line;
    }

    String round() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      return line();
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
