// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.pipeline.PublishResult;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TradingLoopTest {

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("trades");
  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private final Set<Thread> writers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cycles = new AtomicInteger();

  @Test
  void shouldTakeOrdersAndWriteRecordsOnOneThread() throws Exception {
    listen();
    TradingLoop loop = loop(0);
    Thread thread = new Thread(loop, "trading");
    thread.start();
    awaitCycles(1);

    assertThat(record(loop, "bought")).isEqualTo(PublishResult.ACCEPTED);
    while (events.isEmpty()) {
      Thread.sleep(1);
    }
    assertThat(record(loop, "sold")).isEqualTo(PublishResult.ACCEPTED);
    loop.stop();
    thread.join();

    assertThat(String.join("", events)).isEqualTo("boughtsold");
    assertThat(writers).containsExactly(thread);
    assertThat(loop.lost()).isZero();
    assertThat(record(loop, "late")).isEqualTo(PublishResult.CLOSED);
  }

  @Test
  void shouldSeeOnceASecondThatRecordsAreLost() throws Exception {
    listen();
    long startNs = System.nanoTime();
    // Each cycle offers one more than the ring has slots.
    TradingLoop loop = loop(3);
    Thread thread = new Thread(loop, "trading");
    thread.start();
    while (loop.lost() == 0) {
      Thread.sleep(1);
    }
    long seenNs = System.nanoTime();
    long seen = loop.lost();
    // One cycle at least begins and ends after that.
    awaitCycles(cycles.get() + 2);
    loop.stop();
    thread.join();

    assertThat(seenNs - startNs).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(loop.lost()).as("lost at the end, of which it saw " + seen).isGreaterThan(seen);
    assertThat(events).isNotEmpty();
  }

  /** Makes a loop whose orders offer so many records in each cycle. */
  private TradingLoop loop(int records) {
    TradingLoop[] made = new TradingLoop[1];
    made[0] =
        new TradingLoop(
            () -> {
              cycles.incrementAndGet();
              for (int i = 0; i < records; i++) {
                record(made[0], "r");
              }
              return 0;
            },
            RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(records == 0 ? 8 : 2),
            YieldingIdleStrategy.INSTANCE);
    return made[0];
  }

  private void listen() {
    tracepoint.attach(
        event -> {
          writers.add(Thread.currentThread());
          events.add(new String(event, US_ASCII));
        });
  }

  private void awaitCycles(int count) throws InterruptedException {
    while (cycles.get() < count) {
      Thread.sleep(1);
    }
  }

  private static PublishResult record(TradingLoop loop, String text) {
    DirectBuffer buffer = new UnsafeBuffer(text.getBytes(US_ASCII));
    return loop.record(buffer, 0, buffer.capacity());
  }
}
