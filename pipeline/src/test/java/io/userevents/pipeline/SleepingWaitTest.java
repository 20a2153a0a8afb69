// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
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

  @Test
  void shouldSleepForATinyPartOfTheTimeForWhichNothingHasCome() {
    long idleNs = 0;
    for (int i = 0; i < 20_000; i++) {
      assertThat(wait.nextParkNs())
          .isLessThanOrEqualTo(
              Math.max(
                  SleepingWait.MAX_PARK_NS,
                  Math.min(idleNs / SleepingWait.LULL_FRACTION, SleepingWait.MAX_LULL_PARK_NS)));
      idleNs += wait.nextParkNs();
      wait.slept(false, true, wait.nextParkNs());
    }

    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanUsualForASecondAfterARecord() {
    sleepForMinutes(true);
    wait.busy();

    for (long idleNs = 0; idleNs < TimeUnit.SECONDS.toNanos(1); idleNs += wait.nextParkNs()) {
      assertThat(wait.nextParkNs()).isLessThanOrEqualTo(SleepingWait.MAX_PARK_NS);
      wait.slept(false, true, wait.nextParkNs());
    }
  }

  @Test
  void shouldSleepNoLongerThanUsualAfterAListenerHasAttached() {
    sleepForMinutes(false);
    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_LULL_PARK_NS);

    wait.slept(false, true, 0);

    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanUsualWhileARecordIsUnderWay() {
    sleepForMinutes(true);

    wait.slept(true, true, 0);

    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_PARK_NS);
  }

  @Test
  void shouldBeWokenFromALongSleepByThePublisherThatFillsAQuarterOfTheRing() throws Exception {
    SleepingWait sleeping = new SleepingWait(tracepoint, TimeUnit.HOURS.toNanos(1));
    RecordRing filled = new RecordRing(16, 8, sleeping);
    filled.allocate();
    sleeping.watch(filled.disruptor(), 4);
    filled.disruptor().addGatingSequences(new Sequence());
    SequenceBarrier watching = filled.disruptor().newBarrier();
    // The first slot of a round is claimed and not published, as a nudge would come with it.
    long held = filled.tryClaim(0);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread consumer =
        new Thread(
            () -> {
              try {
                watching.waitFor(held);
              } catch (Exception e) {
                ended.complete(e);
              }
            });
    consumer.start();
    while (LockSupport.getBlocker(consumer) != sleeping) {
      Thread.onSpinWait();
    }

    for (int i = 1; i < 4; i++) {
      filled.publish(filled.tryClaim(0), 1, false);
      assertThat(LockSupport.getBlocker(consumer)).isEqualTo(sleeping);
    }
    filled.publish(filled.tryClaim(0), 1, false);

    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    filled.free();
  }

  private void sleepForMinutes(boolean attached) {
    for (int i = 0; i < 20_000; i++) {
      wait.slept(false, attached, wait.nextParkNs());
    }
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
  void shouldSleepAtOnceAndForLongWhenABurstHasEnded() {
    sleepForMinutes(true);
    wait.busy();

    wait.burstEnded(-1);

    assertThat(wait.idle(0)).as("slept").isTrue();
    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldSpinBeforeItSleepsAfterRecordsThatCameWithoutTheEndOfABurst() {
    wait.burstEnded(-1);
    assertThat(wait.idle(0)).as("slept").isTrue();

    wait.busy();

    assertThat(wait.idle(0)).as("slept").isFalse();
    assertThat(wait.sleepsNext()).isFalse();
  }

  @Test
  void shouldSpinAtTheEndOfABurstWhileARecordIsUnderWay() {
    long claimed = ring.next();

    wait.burstEnded(claimed - 1);

    assertThat(wait.idle(claimed)).as("slept").isFalse();
    ring.publish(claimed);
  }

  @Test
  void shouldNotSleepForLongWhenAnotherHasPublishedSinceTheBurstEnded() throws Exception {
    ring.publish(ring.next());
    wait.burstEnded(0);
    ring.publish(ring.next());
    assertThat(barrier.waitFor(0)).isEqualTo(1);

    assertThat(wait.idle(2)).as("slept").isFalse();
    assertThat(wait.nextParkNs()).isLessThanOrEqualTo(SleepingWait.MAX_PARK_NS);
  }

  @Test
  void shouldSleepAtOnceAfterABurstThatEndedWhileTheConsumerWasBusy() throws Exception {
    sleepForMinutes(true);
    ring.publish(ring.next());
    assertThat(barrier.waitFor(0)).isZero();
    wait.burstEnded(0);

    assertThat(wait.idle(1)).as("slept").isTrue();
    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanUsualAfterAListenerHasAttachedSinceTheBurstEnded() {
    wait.burstEnded(-1);
    assertThat(wait.idle(0)).as("slept").isTrue();

    wait.slept(false, false, 0);
    wait.slept(false, true, 0);
    assertThat(wait.idle(0)).as("slept").isTrue();

    assertThat(wait.nextParkNs()).isEqualTo(SleepingWait.MAX_PARK_NS);
  }

  @Test
  void shouldWakeUpForTheEndOfABurst() throws Exception {
    SleepingWait sleeping = new SleepingWait(tracepoint, TimeUnit.HOURS.toNanos(1));
    RingBuffer<Slot> watched = RingBuffer.createMultiProducer(Slot::new, 4, sleeping);
    sleeping.watch(watched, 4);
    CompletableFuture<Long> available = new CompletableFuture<>();
    Thread consumer =
        new Thread(
            () -> {
              try {
                available.complete(watched.newBarrier().waitFor(0));
              } catch (Exception e) {
                available.completeExceptionally(e);
              }
            });
    consumer.start();
    while (LockSupport.getBlocker(consumer) != sleeping) {
      Thread.onSpinWait();
    }

    watched.publish(watched.next());
    sleeping.burstEnded(0);

    assertThat(available.get(10, TimeUnit.SECONDS)).isZero();
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
