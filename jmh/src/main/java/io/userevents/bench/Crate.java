// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The program of {@code jmh/rust}, which exports with the crate {@code
 * opentelemetry-user-events-metrics}. A library that is loaded before libc gives it {@code
 * /dev/null} instead of the kernel's file, so it runs on a machine without user_events.
 */
final class Crate implements AutoCloseable {

  private static final int ROUNDS = 3;
  private static final int POINTS_PER_ROUND = 1_000_000;
  private static final String COST = "cpu_us=";

  private final @Nullable Path binary;
  private final @Nullable CProgram library;

  private Crate(@Nullable Path binary, @Nullable CProgram library) {
    this.binary = binary;
    this.library = library;
  }

  /** Builds the program if cargo and gcc are installed; otherwise adds a note that they are not. */
  static Crate build(Path folder, List<String> notes) throws IOException, InterruptedException {
    if (!Files.exists(folder) || !Commands.exists("cargo") || !CProgram.canCompile()) {
      notes.add("The Rust crate was left out: it needs the project's sources, cargo and gcc.");
      return new Crate(null, null);
    }
    List<String> unused =
        Commands.lines(
            List.of(
                "cargo",
                "build",
                "--quiet",
                "--release",
                "--manifest-path",
                folder.resolve("Cargo.toml").toString()));
    return new Crate(
        folder.resolve("target/release/export-cost"),
        CProgram.compile("devnull", "-shared", "-fPIC"));
  }

  boolean isThere() {
    return binary != null;
  }

  /** Returns the CPU time of the process for each point, in ns, for each round. */
  double[] nsPerPoint(int series) throws IOException, InterruptedException {
    Path program = binary;
    CProgram preloaded = library;
    if (program == null || preloaded == null) {
      throw new IllegalStateException("not built");
    }
    int exports = Math.max(1, POINTS_PER_ROUND / series);
    List<String> command =
        List.of(
            program.toString(),
            Integer.toString(series),
            Integer.toString(exports),
            Integer.toString(Math.max(1, exports / 10)),
            "0");
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      List<String> lines =
          Commands.lines(command, Map.of("LD_PRELOAD", preloaded.binary().toString()));
      rounds[i] = cpuUs(lines) * 1000 / series;
    }
    return rounds;
  }

  private static double cpuUs(List<String> lines) throws IOException {
    for (String line : lines) {
      int at = line.indexOf(COST);
      if (at >= 0) {
        String rest = line.substring(at + COST.length());
        return Double.parseDouble(rest.split(" ", 2)[0]);
      }
    }
    throw new IOException("the program of the crate printed no " + COST + ": " + lines);
  }

  @Override
  public void close() throws IOException {
    if (library != null) {
      library.close();
    }
  }
}
