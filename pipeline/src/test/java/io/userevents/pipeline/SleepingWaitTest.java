// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SleepingWaitTest {

  private final LoopbackTracepoint tracepoint = attached();
  private final SleepingWait wait = new SleepingWait(tracepoint);
  private final RingBuffer<Slot> ring = RingBuffer.createMultiProducer(Slot::new, 4, wait);
  private final SequenceBarrier barrier = ring.newBarrier();

  @BeforeEach
  void watch() {
    wait.watch(ring, 4);
  }

  @Test
  void shouldReturnAtOnceWhatIsPublished() throws Exception {
    ring.publish(ring.next(2) - 1);
    ring.publish(1);

    assertThat(barrier.waitFor(0)).isEqualTo(1);
  }

  @Test
  void shouldReportATimeoutWhenNothingComes() {
    assertThatThrownBy(() -> barrier.waitFor(0)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void shouldParkForLongerAndLongerWhileNothingComes() {
    long startNs = System.nanoTime();

    for (int i = 0; i < 12; i++) {
      assertThatThrownBy(() -> barrier.waitFor(0)).isInstanceOf(TimeoutException.class);
    }

    // 10 us doubled up to the bound: 2.55 ms in eight parks, and four of 2 ms.
    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(10));
  }

  @Test
  void shouldParkStillLongerWhileNobodyListens() {
    tracepoint.detach();
    for (int i = 0; i < 13; i++) {
      assertThatThrownBy(() -> barrier.waitFor(0)).isInstanceOf(TimeoutException.class);
    }
    long startNs = System.nanoTime();

    assertThatThrownBy(() -> barrier.waitFor(0)).isInstanceOf(TimeoutException.class);

    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(9));
  }

  private static LoopbackTracepoint attached() {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("wait");
    tracepoint.attach(event -> {});
    return tracepoint;
  }

  @Test
  void shouldWakeUpForSomebodyWhoWaitsForRoom() throws Exception {
    SleepingWait sleeping = new SleepingWait(tracepoint, TimeUnit.HOURS.toNanos(1));
    RingBuffer<Slot> watched = RingBuffer.createMultiProducer(Slot::new, 4, sleeping);
    sleeping.watch(watched, 4);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread consumer =
        new Thread(
            () -> {
              try {
                watched.newBarrier().waitFor(0);
              } catch (Exception e) {
                ended.complete(e);
              }
            });
    consumer.start();
    while (LockSupport.getBlocker(consumer) != sleeping) {
      Thread.onSpinWait();
    }

    sleeping.wakeUp();

    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void shouldNotParkWhenARecordHasComeJustBefore() throws Exception {
    SleepingWait sleeping = new SleepingWait(tracepoint, TimeUnit.HOURS.toNanos(1));
    RingBuffer<Slot> watched = RingBuffer.createMultiProducer(Slot::new, 4, sleeping);
    sleeping.watch(watched, 4);
    while (!sleeping.sleepsNext()) {
      sleeping.idle(0);
    }
    watched.publish(watched.next());

    assertThat(sleeping.idle(0)).isTrue();
  }

  @Test
  void shouldStopWaitingWhenAlerted() {
    barrier.alert();

    assertThatThrownBy(() -> barrier.waitFor(0)).isInstanceOf(AlertException.class);
  }

  @Test
  void shouldParkAgainAfterAnInterrupt() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> barrier.waitFor(0)).isInstanceOf(TimeoutException.class);

    assertThat(Thread.interrupted()).isFalse();
  }
}
