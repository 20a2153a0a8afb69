// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.DevNullTracepoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints the cost of a record of 200 bytes to the whole process, from {@code publish} until it is
 * written to {@code /dev/null}. Each round prints a line with the time of all threads in user mode
 * and in the kernel, in nanoseconds for each record. The time of a publisher that only makes the
 * same pauses is subtracted.
 *
 * <p>Arguments: records in a burst; microseconds between bursts, 0 for none; rounds; milliseconds
 * of a round. The kernel counts in ticks of 10 ms, so a round should take a second or more.
 */
public final class FlightCost {

  /** A tick of USER_HZ on all 64-bit processors that this program runs on. */
  private static final long TICK_NS = TimeUnit.SECONDS.toNanos(1) / 100;

  private static final int WARM_UP_ROUNDS = 2;

  /**
   * The index of the field in {@code /proc/self/stat} behind the name in parentheses; see
   * proc_pid_stat(5).
   */
  private static final int USER_FIELD = 11;

  private final int burst;
  private final long pauseNs;
  private final long roundNs;
  private final ThreadRecord record = new ThreadRecord();

  private FlightCost(int burst, long pauseNs, long roundNs) {
    this.burst = burst;
    this.pauseNs = pauseNs;
    this.roundNs = roundNs;
  }

  /** Measures and prints. */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("arguments: BURST PAUSE_US ROUNDS ROUND_MS");
      System.exit(2);
    }
    FlightCost cost =
        new FlightCost(
            Integer.parseInt(args[0]),
            TimeUnit.MICROSECONDS.toNanos(Long.parseLong(args[1])),
            TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[3])));
    cost.measure(Integer.parseInt(args[2]));
  }

  private void measure(int rounds) throws IOException {
    double[] pauses = pauseNs == 0 ? new double[2] : pausesNs();
    RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(new DevNullTracepoint(true))
            .setBackPressurePolicy(BackPressurePolicies.waitUnbounded())
            .build();
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      long[] before = userAndSystemNs();
      long bursts = bursts(pipeline);
      long[] after = userAndSystemNs();
      if (round >= 0) {
        System.out.printf(
            Locale.ROOT,
            "%.3f %.3f%n",
            ((double) (after[0] - before[0]) / bursts - pauses[0]) / burst,
            ((double) (after[1] - before[1]) / bursts - pauses[1]) / burst);
      }
    }
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    if (statistics.written() != statistics.offered()) {
      throw new IllegalStateException("records were lost: " + statistics);
    }
  }

  /** Returns the cost of a pause alone, in user mode and in the kernel. */
  private double[] pausesNs() throws IOException {
    long[] before = userAndSystemNs();
    long pauses = 0;
    for (long startNs = System.nanoTime(); System.nanoTime() - startNs < roundNs; pauses++) {
      LockSupport.parkNanos(pauseNs);
    }
    long[] after = userAndSystemNs();
    return new double[] {
      (double) (after[0] - before[0]) / pauses, (double) (after[1] - before[1]) / pauses
    };
  }

  /** Publishes for a round, and returns the number of bursts. */
  private long bursts(RecordPipeline pipeline) {
    long bursts = 0;
    long startNs = System.nanoTime();
    do {
      for (int i = 0; i < burst; i++) {
        if (!pipeline.publish(record.buffer, 0, ThreadRecord.LENGTH).isAccepted()) {
          throw new IllegalStateException("a record was refused");
        }
      }
      if (pauseNs > 0) {
        LockSupport.parkNanos(pauseNs);
      }
      bursts++;
    } while (System.nanoTime() - startNs < roundNs);
    return bursts;
  }

  private static long[] userAndSystemNs() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new long[] {
      Long.parseLong(fields[USER_FIELD]) * TICK_NS, Long.parseLong(fields[USER_FIELD + 1]) * TICK_NS
    };
  }
}
