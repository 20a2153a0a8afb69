// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.agent.ForwarderCpu;
import io.userevents.exporter.ExporterCpu;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints the CPU time of a million points of the agent, of OpenTelemetry's OTLP/HTTP exporter, and
 * their ratio. Both send the same points to the same receiver, each in a JVM of its own; the rounds
 * of one follow those of the other, and the one that waits does nothing. The receiver is a third
 * process, whose CPU time is not in the figures. A round in which the agent dropped events, because
 * the receiver did not keep up, does not count.
 *
 * <p>Arguments: number of series; the agent's points per second; rounds; seconds of a round;
 * optionally the CPU of the two, and the CPU of the receiver. The flags of this JVM are those of
 * both.
 */
public final class ForwardRatio {

  private static final int WARM_UP_ROUNDS = 3;
  private static final String AGENT_FIGURE = "cpu_ns_per_point=";
  private static final Pattern DROPPED = Pattern.compile("memory_full=(\\d+)");

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
    try (Child receiver =
        Child.start(
            receiverOn,
            List.of("-Xmx192m", "-XX:+UseSerialGC"),
            List.of(OtlpReceiver.class.getName()))) {
      String url = receiver.line();
      try (Child agent =
              Child.start(
                  on,
                  Commands.flags(),
                  List.of(ForwarderCpu.class.getName(), url, series, args[1], "0", args[3]));
          Child exporter =
              Child.start(
                  on,
                  Commands.flags(),
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
    List<Double> agentNs = new ArrayList<>();
    List<Double> exporterNs = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    long dropped = 0;
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      String ofAgent = agent.round();
      double ofExporter = Double.parseDouble(exporter.round());
      double ofAgentNs = Double.parseDouble(figure(ofAgent));
      boolean isWhole = dropped == dropped(ofAgent);
      dropped = dropped(ofAgent);
      if (round >= 0) {
        System.out.printf(
            Locale.ROOT,
            "round %d%s: agent %s; exporter cpu_ns_per_point=%.2f; ratio=%.2f%n",
            round + 1,
            isWhole ? "" : ", which does not count",
            ofAgent,
            ofExporter,
            ofExporter / ofAgentNs);
      }
      if (round >= 0 && isWhole) {
        agentNs.add(ofAgentNs);
        exporterNs.add(ofExporter);
        ratios.add(ofExporter / ofAgentNs);
      }
    }
    // Nanoseconds of a point are milliseconds of a million points.
    print("agent, CPU ms of a million points", agentNs);
    print("exporter, CPU ms of a million points", exporterNs);
    print("ratio", ratios);
  }

  private static long dropped(String ofAgent) {
    Matcher matcher = DROPPED.matcher(ofAgent);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static String figure(String line) {
    return line.substring(AGENT_FIGURE.length(), line.indexOf(' '));
  }

  private static void print(String name, List<Double> rounds) {
    List<Double> sorted = rounds.stream().sorted().toList();
    if (sorted.isEmpty()) {
      System.out.println(name + ": no round counts");
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "%s: median %.2f, %.2f to %.2f in %d rounds%n",
        name,
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1),
        sorted.size());
  }

  /** A program in another JVM that answers each line with one line. */
  private record Child(Process process, BufferedReader lines) implements AutoCloseable {

    static Child start(List<String> prefix, List<String> flags, List<String> program)
        throws IOException {
      List<String> command = new ArrayList<>(prefix);
      command.addAll(Commands.java(flags));
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
