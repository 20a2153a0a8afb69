// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.KernelTracepoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random schedules of publishing, listeners and errors, as many as fit into a few seconds.
 *
 * <p>{@code -Dfaults.seed=N} runs the schedule of that seed first; {@code -Dfaults.seconds=N} says
 * for how long schedules are started.
 */
class FaultScheduleTest {

  /** Schedules mostly wait: for consumers that park, and for the pause between registrations. */
  private static final int THREADS = 32;

  private static final long DEFAULT_SECONDS = 5;

  private final AtomicLong nextSeed = new AtomicLong();
  private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private long schedules;
  private long registrations;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldKeepItsPromisesUnderRandomFaults() throws Exception {
    long seed = Long.getLong("faults.seed", System.nanoTime() & Long.MAX_VALUE >> 1);
    long seconds = Long.getLong("faults.seconds", DEFAULT_SECONDS);
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    nextSeed.set(seed);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    // Thousands of failures that are meant.
    try (CapturedLog pipelineLog = new CapturedLog(RecordPipeline.class);
        CapturedLog tracepointLog = new CapturedLog(KernelTracepoint.class)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(threads.submit(() -> runUntil(endNs)));
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(pipelineLog.messages(Level.SEVERE)).isEmpty();
      assertThat(tracepointLog.warnings()).isNotEmpty();
    } finally {
      threads.shutdown();
    }
    System.out.println(
        "fault schedules: faults.seed="
            + seed
            + " schedules="
            + schedules
            + " registrations="
            + registrations
            + " outcomes="
            + outcomes);
    // Otherwise the schedules show less than they seem to.
    assertThat(outcomes.keySet())
        .contains(
            Outcome.WRITTEN,
            Outcome.DROPPED_DETACHED,
            Outcome.DROPPED_ERROR,
            Outcome.DROPPED_FULL,
            Outcome.DROPPED_ABORTED,
            Outcome.DROPPED_CLOSED,
            Outcome.DROPPED_TOO_LARGE);
    assertThat(registrations).isGreaterThan(schedules);
  }

  private void runUntil(long endNs) {
    do {
      long seed = nextSeed.getAndIncrement();
      FaultSchedule schedule = new FaultSchedule(seed);
      try {
        schedule.run();
      } catch (Throwable e) {
        throw new AssertionError(
            "again with -Dfaults.seed=" + seed + ": " + schedule + "\n" + e.getMessage(), e);
      }
      add(schedule);
    } while (System.nanoTime() - endNs < 0);
  }

  private synchronized void add(FaultSchedule schedule) {
    schedules++;
    registrations += schedule.registrations();
    schedule.outcomes().forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
  }
}
