// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.assertBalanced;
import static io.userevents.pipeline.Pipelines.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Publishers race with the end of the pipeline; each repetition is many such races. */
@Timeout(300)
class ConcurrentCloseTest {

  private static final int THREADS = 4;
  private static final int ROUNDS = 100;
  private static final int MAX_RECORDS = 4_000;
  private static final int LENGTH = 16;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

  @RepeatedTest(3)
  void shouldGiveEveryRecordExactlyOneOutcome() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      race(round);
    }
    executor.shutdown();
  }

  private void race(int round) throws Exception {
    AtomicLong bytes = new AtomicLong();
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("loop");
    tracepoint.attach(event -> bytes.addAndGet(event.length));
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(16)
                .setMaxRecordLength(64));
    AtomicIntegerArray calls = new AtomicIntegerArray(THREADS * MAX_RECORDS);
    AtomicLongArray told = new AtomicLongArray(Outcome.values().length);
    OutcomeListener listener =
        (tag, outcome, errno) -> {
          calls.incrementAndGet((int) tag);
          told.incrementAndGet(outcome.ordinal());
        };
    CyclicBarrier start = new CyclicBarrier(THREADS + 1);
    List<Future<Integer>> offered = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int first = i * MAX_RECORDS;
      offered.add(
          executor.submit(
              () -> {
                start.await();
                return publishUntilClosed(pipeline, listener, first);
              }));
    }
    start.await();
    // From at once to well into the stream.
    spin(TimeUnit.MICROSECONDS.toNanos(round * 5L));

    assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();

    long sum = 0;
    for (int i = 0; i < THREADS; i++) {
      int count = offered.get(i).get();
      sum += count;
      for (int n = 0; n < MAX_RECORDS; n++) {
        assertThat(calls.get(i * MAX_RECORDS + n)).isEqualTo(n < count ? 1 : 0);
      }
    }
    assertBalanced(pipeline);
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.offered()).isEqualTo(sum);
    for (Outcome outcome : Outcome.values()) {
      assertThat(statistics.count(outcome)).isEqualTo(told.get(outcome.ordinal()));
    }
    assertThat(bytes.get()).isEqualTo(statistics.written() * LENGTH);
  }

  /** Returns how many records were offered; the last few of them to the closed pipeline. */
  private static int publishUntilClosed(
      RecordPipeline pipeline, OutcomeListener listener, int firstTag) {
    DirectBuffer record = record("x".repeat(LENGTH));
    int offered = 0;
    while (offered < MAX_RECORDS - 3 && (offered == 0 || pipeline.isAttached())) {
      pipeline.publish(record, 0, LENGTH, listener, firstTag + offered);
      offered++;
    }
    for (int i = 0; i < 3; i++) {
      pipeline.publish(record, 0, LENGTH, listener, firstTag + offered);
      offered++;
    }
    return offered;
  }

  private static void spin(long ns) {
    long endNs = System.nanoTime() + ns;
    while (System.nanoTime() - endNs < 0) {
      Thread.onSpinWait();
    }
  }
}
