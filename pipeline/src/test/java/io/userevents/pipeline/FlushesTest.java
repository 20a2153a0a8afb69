// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlushesTest {

  private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

  private final Flushes flushes = new Flushes(settled -> "a test holds them up");
  private final long startNs = System.nanoTime();
  private long nowNs = startNs;

  @Test
  void shouldFailEachWhenItsOwnTimeIsUp() {
    CompletableFuture<Void> patient = flushes.add(5, 3 * HOUR_NS);
    CompletableFuture<Void> impatient = flushes.add(7, HOUR_NS);

    flushes.lookAfter(2, startNs + 2 * HOUR_NS);

    assertThat(patient).isNotDone();
    assertThat(impatient)
        .isCompletedExceptionally()
        .failsWithin(0, TimeUnit.SECONDS)
        .withThrowableOfType(Exception.class)
        .havingCause()
        .withMessage(
            "flush is not complete: timeout=PT1H waitingSlots=5: a test holds them up; the time-out"
                + " drops none of them");
    flushes.lookAfter(5, startNs + 4 * HOUR_NS);
    assertThat(patient).as("settled, however late").isCompleted();
  }

  @Test
  void shouldCompleteAFlushThatWasOvertakenByOneForMore() {
    CompletableFuture<Void> more = flushes.add(7, Long.MAX_VALUE);
    CompletableFuture<Void> less = flushes.add(5, Long.MAX_VALUE);

    nowNs += Flushes.LOOK_NS;
    flushes.lookAfter(6, nowNs);

    assertThat(less).isCompleted();
    assertThat(more).isNotDone();
  }

  @Test
  void shouldFailAFlushAlsoIfNobodyCanSayWhatItWaitsFor() {
    Flushes unexplained =
        new Flushes(
            settled -> {
              throw new IllegalStateException("broken");
            });
    CompletableFuture<Void> flush = unexplained.add(5, 1);

    unexplained.lookAfter(2, System.nanoTime() + Flushes.LOOK_NS);

    assertThatThrownBy(flush::join)
        .hasMessageContaining("the cause is not known")
        .hasMessageContaining("broken");
  }

  @Test
  void shouldAllocateNothingWhileNoneIsOverdue() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    CompletableFuture<Void> flush = flushes.add(5, Long.MAX_VALUE);
    long[] total = new long[11];
    for (int i = 0; i < total.length; i++) {
      lookAfterOften();
      total[i] = threads.getThreadAllocatedBytes(thread);
    }

    assertThat(total[0]).isPositive();
    // A JVM allocates some 200 bytes on a thread now and then, while it compiles what
    // runs there; walks that allocate do so in each of the rounds.
    assertThat(IntStream.range(1, total.length).filter(i -> total[i] == total[i - 1]).count())
        .as("rounds without: %s", Arrays.toString(total))
        .isGreaterThan(5);
    assertThat(flush).isNotDone();
  }

  /** A look at the time each time. */
  private void lookAfterOften() {
    for (int i = 0; i < 1000; i++) {
      nowNs += Flushes.LOOK_NS;
      flushes.lookAfter(2, nowNs);
    }
  }
}
