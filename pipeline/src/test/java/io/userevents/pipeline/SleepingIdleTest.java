// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SleepingIdleTest {

  private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

  private final LoopbackTracepoint tracepoint = attached();
  private boolean isWatched;
  private boolean isBehind;
  private long published;
  private final WakeUp wakeUp = new WakeUp(16, false);
  private final RecordRing ring = new RecordRing(16, 8, wakeUp);
  private final SleepingIdle idle =
      new SleepingIdle(tracepoint, ring, wakeUp, () -> isWatched, () -> isBehind);

  private final Publisher publisher = new Publisher(Thread.currentThread());

  /** Holds a slot while the first one publishes. */
  private final Publisher other = new Publisher(Thread.currentThread());

  @BeforeEach
  void allocate() throws Exception {
    ring.allocate();
  }

  @AfterEach
  void free() {
    ring.freeMemory();
  }

  @Test
  void shouldParkForLongerAndLongerWhileNothingComes() {
    long startNs = System.nanoTime();

    sleepTimes(12);

    // 10 us doubled up to the bound: 2.55 ms in eight parks, and four of 2 ms.
    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(10));
  }

  @Test
  void shouldParkStillLongerWhileNobodyListens() {
    tracepoint.detach();
    sleepTimes(13);
    long startNs = System.nanoTime();

    sleepTimes(1);

    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(9));
  }

  @Test
  void shouldSleepForATinyPartOfTheTimeForWhichNothingHasCome() {
    long idleNs = 0;
    for (int i = 0; i < 20_000; i++) {
      assertThat(idle.nextParkNs())
          .isLessThanOrEqualTo(
              Math.max(
                  SleepingIdle.MAX_PARK_NS,
                  Math.min(idleNs / SleepingIdle.LULL_FRACTION, SleepingIdle.MAX_LULL_PARK_NS)));
      idleNs += idle.nextParkNs();
      idle.slept(false, true, idle.nextParkNs());
    }

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanUsualForASecondAfterARecord() {
    sleepForMinutes(true);
    idle.idle(1, 0, 0);

    for (long idleNs = 0; idleNs < TimeUnit.SECONDS.toNanos(1); idleNs += idle.nextParkNs()) {
      assertThat(idle.nextParkNs()).isLessThanOrEqualTo(SleepingIdle.MAX_PARK_NS);
      idle.slept(false, true, idle.nextParkNs());
    }
  }

  @Test
  void shouldSleepNoLongerThanUsualAfterAListenerHasAttached() {
    sleepForMinutes(false);
    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_DETACHED_LULL_PARK_NS);

    idle.slept(false, true, 0);

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanInALullWithoutListenerWhileSomebodyWatchesForOne() {
    isWatched = true;

    sleepForMinutes(false);

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldSleepTwiceAsLongAfterEachBurstUpToABound() {
    assertThat(parkNsAfterBurst()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(parkNsAfterBurst()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    assertThat(parkNsAfterBurst()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(400));
    assertThat(parkNsAfterBurst()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(800));
    assertThat(parkNsAfterBurst()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1600));
    assertThat(parkNsAfterBurst()).isEqualTo(SleepingIdle.MAX_BURST_PARK_NS);
  }

  @Test
  void shouldSleepShorterAgainAfterABurstThatFollowsRecordsOfOthers() {
    assertThat(parkNsAfterBurst()).isEqualTo(SleepingIdle.MIN_BURST_PARK_NS);
    assertThat(parkNsAfterBurst()).isGreaterThan(SleepingIdle.MIN_BURST_PARK_NS);
    publish();
    idle.idle(1, published, 0);
    while (idle.nextParkNs() < SleepingIdle.MAX_PARK_NS || !idle.sleepsNext()) {
      idle.idle(0, published, 0);
    }
    idle.idle(0, published, 0);

    assertThat(parkNsAfterBurst()).isEqualTo(SleepingIdle.MIN_BURST_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanUsualWhileARecordIsUnderWay() {
    sleepForMinutes(true);

    idle.slept(true, true, 0);

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_PARK_NS);
  }

  @Test
  void shouldBeWokenFromALongSleepByThePublisherThatFillsAQuarterOfTheRing() throws Exception {
    // The first slot of a round is claimed and not published, as a nudge would come with it.
    long held = ring.tryClaim(other, 1, 0);
    Sleeper sleeper = new Sleeper(held);

    for (int i = 1; i < 4; i++) {
      publish();
      assertThat(sleeper.isAsleep()).isTrue();
    }
    publish();

    sleeper.awaitEnd();
  }

  @Test
  void shouldBeWokenFromALongSleepByARecordThatFindsNoRoom() throws Exception {
    // No nudge comes with the second slot of a round and those behind it.
    publish();
    Sleeper sleeper = new Sleeper(1);

    publish();
    assertThat(sleeper.isAsleep()).isTrue();
    assertThat(ring.tryClaim(publisher, 1, 14)).isEqualTo(RecordRing.NONE);

    sleeper.awaitEnd();
  }

  @Test
  void shouldNotSleepForLongWhileManyPublishersAreLookedAfter() {
    SleepingIdle sleeping =
        new SleepingIdle(tracepoint, ring, wakeUp, () -> false, () -> isBehind, HOUR_NS);
    while (!sleeping.sleepsNext()) {
      sleeping.idle(0, 0, 0);
    }
    isBehind = true;

    // It would sleep for an hour.
    sleeping.idle(0, 0, 0);

    assertThat(sleeping.sleepsNext()).isTrue();
  }

  @Test
  void shouldWakeUpForSomebodyWhoWaitsForRoom() throws Exception {
    Sleeper sleeper = new Sleeper(0);

    wakeUp.now();

    sleeper.awaitEnd();
  }

  @Test
  void shouldWakeUpForTheEndOfABurst() throws Exception {
    // No nudge comes with the second slot of a round.
    publish();
    Sleeper sleeper = new Sleeper(1);

    publish();
    assertThat(sleeper.isAsleep()).isTrue();
    wakeUp.burstEnded(1);

    sleeper.awaitEnd();
  }

  @Test
  void shouldSleepAtOnceAndForLongWhenABurstHasEnded() {
    sleepForMinutes(true);
    idle.idle(1, 0, 0);

    wakeUp.burstEnded(-1);
    idle.idle(0, 0, 0);

    assertThat(idle.sleepsNext()).isTrue();
    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MIN_BURST_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanInALullAfterABurstWhileSomebodyWatchesListeners() {
    isWatched = true;
    sleepForMinutes(true);
    idle.idle(1, 0, 0);

    wakeUp.burstEnded(-1);
    idle.idle(0, 0, 0);

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanInALullAfterARecordThatIsNoBurst() {
    wakeUp.burstEnded(-1);
    idle.idle(0, 0, 0);

    idle.idle(1, 1, 0);
    sleepForMinutes(true);

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_LULL_PARK_NS);
  }

  @Test
  void shouldNotSleepWhenSomebodyHasAskedForADutyCycleJustBefore() {
    SleepingIdle sleeping =
        new SleepingIdle(tracepoint, ring, wakeUp, () -> false, () -> isBehind, HOUR_NS);
    while (!sleeping.sleepsNext()) {
      sleeping.idle(0, 0, 0);
    }
    wakeUp.now();

    sleeping.idle(0, 0, 0);

    assertThat(sleeping.sleepsNext()).isTrue();
  }

  @Test
  void shouldSpinBeforeItSleepsAfterRecordsThatCameWithoutTheEndOfABurst() {
    wakeUp.burstEnded(-1);
    idle.idle(0, 0, 0);
    assertThat(idle.sleepsNext()).isTrue();

    idle.idle(1, 1, 0);
    idle.idle(0, 1, 0);

    assertThat(idle.sleepsNext()).isFalse();
  }

  @Test
  void shouldSpinAtTheEndOfABurstWhileARecordIsUnderWay() {
    long claimed = ring.tryClaim(other, 1, 0);

    wakeUp.burstEnded(claimed - 1);
    idle.idle(0, claimed, 0);

    assertThat(idle.sleepsNext()).isFalse();
  }

  @Test
  void shouldNotSleepForLongWhenAnotherHasPublishedSinceTheBurstEnded() {
    publish();
    wakeUp.burstEnded(0);
    publish();
    idle.idle(2, 2, 0);

    idle.idle(0, 2, 0);

    assertThat(idle.sleepsNext()).isFalse();
    assertThat(idle.nextParkNs()).isLessThanOrEqualTo(SleepingIdle.MAX_PARK_NS);
  }

  @Test
  void shouldSleepAtOnceAfterABurstThatEndedWhileTheConsumerWasBusy() {
    sleepForMinutes(true);
    publish();
    idle.idle(1, 1, 0);
    wakeUp.burstEnded(0);

    idle.idle(0, 1, 0);

    assertThat(idle.sleepsNext()).isTrue();
    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MIN_BURST_PARK_NS);
  }

  @Test
  void shouldSleepNoLongerThanUsualAfterAListenerHasAttachedSinceTheBurstEnded() {
    wakeUp.burstEnded(-1);
    idle.idle(0, 0, 0);
    assertThat(idle.sleepsNext()).isTrue();

    idle.slept(false, false, 0);
    idle.slept(false, true, 0);
    idle.idle(0, 0, 0);

    assertThat(idle.nextParkNs()).isEqualTo(SleepingIdle.MAX_PARK_NS);
  }

  @Test
  void shouldNotParkWhenARecordHasComeJustBefore() {
    SleepingIdle sleeping =
        new SleepingIdle(tracepoint, ring, wakeUp, () -> false, () -> isBehind, HOUR_NS);
    while (!sleeping.sleepsNext()) {
      sleeping.idle(0, 0, 0);
    }
    publish();

    sleeping.idle(0, 0, 0);

    assertThat(sleeping.sleepsNext()).isTrue();
  }

  @Test
  void shouldSleepWhileARecordWaitsForItsTime() {
    publish();
    long startNs = System.nanoTime();

    idle.idle(0, 0, TimeUnit.MILLISECONDS.toNanos(1));

    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MICROSECONDS.toNanos(900));
  }

  @Test
  void shouldSleepAgainAfterAnInterrupt() {
    sleepTimes(1);
    Thread.currentThread().interrupt();

    sleepTimes(1);

    assertThat(Thread.interrupted()).isFalse();
  }

  private void publish() {
    ring.publish(publisher, ring.tryClaim(publisher, 1, 0), 1, false);
    published++;
  }

  /** How long it sleeps after a burst of one record. */
  private long parkNsAfterBurst() {
    // Otherwise the listener would be new.
    idle.slept(false, true, 0);
    publish();
    idle.idle(1, published, 0);
    wakeUp.burstEnded(published - 1);
    idle.idle(0, published, 0);
    assertThat(idle.sleepsNext()).isTrue();
    return idle.nextParkNs();
  }

  private void sleepTimes(int times) {
    while (!idle.sleepsNext()) {
      idle.idle(0, 0, 0);
    }
    for (int i = 0; i < times; i++) {
      idle.idle(0, 0, 0);
    }
  }

  private void sleepForMinutes(boolean attached) {
    for (int i = 0; i < 20_000; i++) {
      idle.slept(false, attached, idle.nextParkNs());
    }
  }

  private static LoopbackTracepoint attached() {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("idle");
    tracepoint.attach(event -> {});
    return tracepoint;
  }

  /** A thread that sleeps for an hour, unless it is woken; made when it is asleep. */
  private final class Sleeper {

    private final SleepingIdle sleeping =
        new SleepingIdle(tracepoint, ring, wakeUp, () -> false, () -> isBehind, HOUR_NS);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;

    Sleeper(long next) {
      thread =
          new Thread(
              () -> {
                while (!sleeping.sleepsNext()) {
                  sleeping.idle(0, next, 0);
                }
                sleeping.idle(0, next, 0);
                ended.complete(null);
              });
      thread.setDaemon(true);
      thread.start();
      while (!isAsleep()) {
        Thread.onSpinWait();
      }
    }

    boolean isAsleep() {
      return LockSupport.getBlocker(thread) == sleeping;
    }

    void awaitEnd() throws Exception {
      ended.get(60, TimeUnit.SECONDS);
    }
  }
}
