// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code perf record} on the event. */
final class PerfReader implements EventReader {

  private final Path data;
  private final Workload workload;

  private PerfReader(Path data, Workload workload) {
    this.data = data;
    this.workload = workload;
  }

  static PerfReader start() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("perf").resolve("perf.data");
    List<String> command = new ArrayList<>(command(data));
    // Leaves out data that samples of a tracepoint do not need and that takes time.
    command.addAll(List.of("--no-buildid", "--no-bpf-event", "--synth=no", "--"));
    return new PerfReader(data, Workload.start(command.toArray(String[]::new)));
  }

  /**
   * Does the same as {@link #start}, including everything that perf does by default before it
   * records.
   */
  static PerfReader startSlowly() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("perf").resolve("perf.data");
    List<String> command = new ArrayList<>(command(data));
    command.add("--");
    return new PerfReader(data, Workload.start(command.toArray(String[]::new)));
  }

  /**
   * Does the same as {@link #start}, with no options except the event and the file. The events of
   * one CPU are in order; those of different CPUs need not be.
   */
  static PerfReader startWithDefaults() throws IOException, InterruptedException {
    Path data = Files.createTempDirectory("perf").resolve("perf.data");
    return new PerfReader(
        data,
        Workload.start(
            "perf",
            "record",
            "-a",
            "-e",
            "user_events:" + Tracing.EVENT,
            "-o",
            data.toString(),
            "--"));
  }

  /** The options to record on all processors until the end. Further options follow. */
  static List<String> command(Path data) {
    return List.of(
        "perf",
        "record",
        "--all-cpus",
        "--mmap-pages",
        "1024",
        // One clock for all CPUs, so that their samples can be put in order.
        "--clockid",
        "mono",
        "-e",
        "user_events:" + Tracing.EVENT,
        "-o",
        data.toString());
  }

  /** Ends the recording and returns the buffers of all samples. */
  @Override
  public List<byte[]> end() throws IOException, InterruptedException {
    return TimedEvent.inOrder(endTimed());
  }

  /** Ends the recording and returns all samples, in the order of {@link PerfData#read}. */
  List<TimedEvent> endTimed() throws IOException, InterruptedException {
    workload.end();
    List<TimedEvent> events = PerfData.read(data);
    Files.delete(data);
    return events;
  }

  /** Does the same as {@link #end}; empty if perf has lost samples. */
  Optional<List<byte[]>> endUnlessLost() throws IOException, InterruptedException {
    workload.end();
    Optional<List<byte[]>> events = PerfData.readUnlessLost(data).map(TimedEvent::inOrder);
    Files.delete(data);
    return events;
  }

  /** Kills perf with SIGKILL. Its recording is lost. */
  void kill() throws IOException, InterruptedException {
    workload.kill();
    Files.delete(data);
  }
}
