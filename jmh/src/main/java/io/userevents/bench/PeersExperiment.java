// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.bench.Section.Comparison;
import io.userevents.exporter.ExporterCpu;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the CPU time of a whole process for each point, of this exporter, of OpenTelemetry's
 * OTLP exporter with a receiver on the same machine, and of the Rust crate.
 */
final class PeersExperiment implements Experiment {

  private static final String PACKED = "user_events";
  private static final String SINGLE = "user_events, one point an event";
  private static final String OTLP = "OTLP/HTTP";
  private static final String RUST = "Rust crate";
  private static final int ROUNDS = 5;
  private static final int WARM_UPS = 4;
  private static final Path CRATE = Path.of("jmh", "rust");

  /** The estimated time to build the crate the first time. */
  private static final long CARGO_SECONDS = 90;

  @Override
  public String id() {
    return "peers";
  }

  @Override
  public String summary() {
    return "CPU time for each point, beside OTLP to localhost and the Rust crate (needs cargo, gcc)";
  }

  @Override
  public long estimatedSeconds(Effort effort) {
    long process = 2 + (WARM_UPS + ROUNDS) * roundMs(effort) / 1000;
    return CARGO_SECONDS + series(effort).size() * 6L * process;
  }

  @Override
  public List<Section> run(Effort effort) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    List<Figure> alone = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    try (Crate crate = Crate.build(home().resolve(CRATE), notes)) {
      for (int series : series(effort)) {
        figures.add(ours("packed", PACKED, series, effort));
        figures.add(ours("single", SINGLE, series, effort));
        figures.add(otlp(series, effort));
        if (crate.isThere()) {
          figures.add(
              Rounds.figure(RUST, Integer.toString(series), crate.nsPerPoint(series), null));
        }
        alone.add(perExport(ours("detached", PACKED, series, effort), series));
        alone.add(perExport(otlpAlone(series, effort), series));
      }
    }
    return List.of(withListener(figures, notes), withoutListener(alone));
  }

  private Section withListener(List<Figure> figures, List<String> notes) {
    return new Section(
        id(),
        "CPU time beside other exporters",
        "A figure is the CPU time of all threads of the exporting process for each point, of"
            + " sums of longs with four attributes, exported without a pause. The system calls of"
            + " `user_events` and of the Rust crate go to /dev/null, so the figure does not include"
            + " tracing in the kernel. The exporter is without pacing, which is on by default,"
            + " because there is no reader. With one point an event it has 16,384 slots, otherwise"
            + " the default. OTLP/HTTP is OpenTelemetry's exporter with its defaults; its"
            + " receiver is another process on the same machine that reads and discards the"
            + " requests, and the figure does not include its time. No figure includes the SDK's"
            + " collection.",
        "ns/point",
        "series",
        true,
        List.of(
            "java -XX:+UseSerialGC -cp jmh/target/benchmarks.jar "
                + ExporterCpu.class.getName()
                + " packed SERIES 5 1000"),
        figures,
        List.of(
            new Comparison(PACKED, OTLP),
            new Comparison(SINGLE, OTLP),
            new Comparison(PACKED, RUST),
            new Comparison(SINGLE, RUST)),
        notes,
        "points per CPU second");
  }

  private Section withoutListener(List<Figure> figures) {
    return new Section(
        id() + "-alone",
        "CPU time while nobody listens",
        "A figure is the CPU time of all threads for each export while there is no receiver:"
            + " no listener is attached to the tracepoint, or no process has the port of OTLP/HTTP,"
            + " whose exporter then retries with its defaults. The figure is the price of an"
            + " exporter on a machine without an agent. It includes the loop around the exports,"
            + " which waits for each result and reads the clock.",
        "µs/export",
        "series",
        true,
        List.of(
            "java -XX:+UseSerialGC -cp jmh/target/benchmarks.jar "
                + ExporterCpu.class.getName()
                + " detached SERIES 5 1000"),
        figures,
        List.of(new Comparison(PACKED, OTLP)),
        List.of());
  }

  private static Figure perExport(Figure perPoint, int series) {
    double scale = series / 1000.0;
    return new Figure(
        perPoint.subject(),
        perPoint.variant(),
        perPoint.value() * scale,
        perPoint.error() * scale,
        null);
  }

  private static List<Integer> series(Effort effort) {
    return effort.isFull() ? List.of(100, 1000, 10_000) : List.of(100, 10_000);
  }

  private static long roundMs(Effort effort) {
    return effort.isFull() ? 2000 : 700;
  }

  /** Returns the project's folder, which has the benchmarks' jar, or the working folder. */
  private static Path home() {
    Path jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
    Path home = jar.resolve("../../..").normalize();
    return Files.exists(home.resolve(CRATE)) ? home : Path.of("").toAbsolutePath();
  }

  private static Figure ours(String kind, String subject, int series, Effort effort)
      throws IOException, InterruptedException {
    return measure(subject, series, effort, List.of(kind));
  }

  private static Figure otlp(int series, Effort effort) throws IOException, InterruptedException {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      Figure figure = measure(OTLP, series, effort, List.of(receiver.url()));
      if (receiver.bytes() == 0) {
        throw new IOException("the receiver got nothing");
      }
      return figure;
    }
  }

  private static Figure otlpAlone(int series, Effort effort)
      throws IOException, InterruptedException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    return measure(
        OTLP, series, effort, List.of("http://localhost:" + free + "/v1/metrics", "fails"));
  }

  private static Figure measure(String subject, int series, Effort effort, List<String> exporter)
      throws IOException, InterruptedException {
    List<String> command = Commands.java();
    command.addAll(List.of("-XX:+UseSerialGC", ExporterCpu.class.getName(), exporter.get(0)));
    command.addAll(
        List.of(Integer.toString(series), Integer.toString(ROUNDS), "" + roundMs(effort)));
    command.addAll(exporter.subList(1, exporter.size()));
    double[] rounds = Commands.lines(command).stream().mapToDouble(Double::parseDouble).toArray();
    return Rounds.figure(subject, Integer.toString(series), rounds, null);
  }
}
