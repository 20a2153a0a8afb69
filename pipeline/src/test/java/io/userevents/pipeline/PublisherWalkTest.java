// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PublisherWalkTest {

  /** Many looks of the consumer. */
  private static final int MANY = 20 * PublisherWalk.MAX_LOOK;

  private static final Thread ALIVE = Thread.currentThread();

  /** It never begins, which looks the same. */
  private static final Thread ENDED = new Thread(() -> {});

  private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(10);

  private static final int TOO_LARGE = Outcome.DROPPED_TOO_LARGE.ordinal();

  private final List<Publisher> forgotten = new ArrayList<>();
  private final PublisherWalk walk = new PublisherWalk(forgotten::add);

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private long nowNs = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(50);

  @Test
  void shouldVisitFewThreadsInOneLookEach100Ms() {
    add(ALIVE, 3);
    add(ENDED, 2);
    assertThat(walk.isDue(nowNs)).isTrue();
    assertThat(walk.look(nowNs)).isTrue();
    assertThat(accepted()).isEqualTo(5);
    assertThat(forgotten).hasSize(2);

    add(ALIVE, 1);
    nowNs += PublisherWalk.ROUND_NS - 1;
    assertThat(walk.isDue(nowNs)).isFalse();
    nowNs++;
    assertThat(walk.isDue(nowNs)).isTrue();
    assertThat(walk.look(nowNs)).isTrue();
    assertThat(accepted()).isEqualTo(6);
  }

  @Test
  void shouldRestFor10SWithoutNews() {
    add(ALIVE, 3);
    assertThat(walk.look(nowNs)).isTrue();

    nowNs += PublisherWalk.QUIET_ROUND_NS - 1;
    assertThat(walk.isDue(nowNs)).isFalse();
    nowNs++;
    assertThat(walk.isDue(nowNs)).isTrue();
  }

  @Test
  void shouldVisitSoonWhenARecordWasDropped() {
    add(ALIVE, 3);
    assertThat(walk.look(nowNs)).isTrue();
    walk.dropped();
    nowNs += PublisherWalk.ROUND_NS - 1;
    assertThat(walk.isDue(nowNs)).isFalse();

    nowNs++;
    assertThat(walk.isDue(nowNs)).isTrue();

    assertThat(walk.look(nowNs)).isTrue();
    nowNs += PublisherWalk.ROUND_NS;
    assertThat(walk.isDue(nowNs)).isFalse();
  }

  @Test
  void shouldVisitSoonAgainWhileThreadsEnd() {
    add(ALIVE, 3);
    add(ENDED, 1);
    assertThat(walk.look(nowNs)).isTrue();
    nowNs += PublisherWalk.ROUND_NS;
    assertThat(walk.isDue(nowNs)).isTrue();

    assertThat(walk.look(nowNs)).isTrue();

    nowNs += PublisherWalk.ROUND_NS;
    assertThat(walk.isDue(nowNs)).isFalse();
  }

  @Test
  void shouldVisitABoundedNumberInALook() {
    add(ENDED, MANY);
    int before = 0;
    while (!lookAtNextTime(TimeUnit.SECONDS.toNanos(1))) {
      assertThat(forgotten.size() - before).isBetween(1, PublisherWalk.MAX_LOOK);
      before = forgotten.size();
    }
    assertThat(forgotten).hasSize(MANY);
    assertThat(accepted()).isEqualTo(MANY);
  }

  @Test
  void shouldVisitThreadsThatLiveOnAtALimitedRate() {
    add(ALIVE, MANY);
    long startNs = nowNs;
    while (!lookAtNextTime(TimeUnit.MICROSECONDS.toNanos(10))) {}
    // At 0.1 us for each that is 1 % of the consumer's time.
    assertThat(nowNs - startNs).isGreaterThan(MANY * TimeUnit.MICROSECONDS.toNanos(9));
    assertThat(accepted()).isEqualTo(MANY);
  }

  @Test
  void shouldForgetFasterThanThreadsCanBeMade() {
    add(ENDED, MANY);
    long startNs = nowNs;
    while (!lookAtNextTime(TimeUnit.MICROSECONDS.toNanos(10))) {}
    assertThat(nowNs - startNs)
        .isLessThan(MANY * TimeUnit.MICROSECONDS.toNanos(1) + TimeUnit.MILLISECONDS.toNanos(5));
  }

  @Test
  void shouldForgetNewThreadsWhileARoundThroughManyOldOnesIsUnderWay() {
    add(ALIVE, MANY);
    walk.wholeRound();
    assertThat(lookAtNextTime(0)).isFalse();
    add(ENDED, 10);

    assertThat(lookAtNextTime(0)).isFalse();

    assertThat(forgotten).hasSize(10);
  }

  @Test
  void shouldCountEachThreadOnceWhenAWholeRoundComesInTheMidstOfAnother() throws Exception {
    CountDownLatch[] ends = new CountDownLatch[5];
    Thread[] owners = new Thread[ends.length];
    for (int i = 0; i < ends.length; i++) {
      CountDownLatch end = new CountDownLatch(1);
      ends[i] = end;
      owners[i] = new Thread(() -> await(end));
      owners[i].start();
      add(owners[i], 1_000);
      add(ALIVE, MANY / ends.length);
    }
    walk.wholeRound();
    int offered = accepted();
    for (int i = 0; i < ends.length; i++) {
      lookAtNextTime(0);
      lookAtNextTime(0);
      ends[i].countDown();
      owners[i].join();
      add(ALIVE, 100);
      add(ENDED, 100);
      offered += 200;
      lookAtNextTime(0);

      walk.wholeRound();

      assertThat(accepted()).isEqualTo(offered);
      assertThat(forgotten).hasSize((i + 1) * 1_100);
    }
    while (!lookAtNextTime(0)) {}
    assertThat(accepted()).isEqualTo(offered);
    Set<Publisher> different = Collections.newSetFromMap(new IdentityHashMap<>());
    different.addAll(forgotten);
    assertThat(different).hasSize(ends.length * 1_100);
  }

  @Test
  void shouldGiveTheRefusalsOfTheLastRoundUntilTheNextIsComplete() {
    Publisher publisher = add(ALIVE, 1);
    add(ALIVE, MANY);
    publisher.refused(Outcome.DROPPED_TOO_LARGE, 10);
    assertThat(lookAtNextTime(0)).isFalse();
    assertThat(sums().records[TOO_LARGE]).isZero();
    while (!lookAtNextTime(0)) {}
    assertThat(sums().records[TOO_LARGE]).isEqualTo(1);
    assertThat(sums().bytes[TOO_LARGE]).isEqualTo(10);

    publisher.refused(Outcome.DROPPED_TOO_LARGE, 10);
    assertThat(lookAtNextTime(0)).isFalse();
    assertThat(sums().records[TOO_LARGE]).isEqualTo(1);
  }

  @Test
  void shouldKeepAThreadThatHasEndedWithAnOpenClaim() {
    RecordRing ring = new RecordRing(2, 64, new WakeUp(2, false));
    Publisher publisher = add(ENDED, 1);
    RecordClaim claim = publisher.claim(ring);
    claim.open(ring.tryClaim(publisher, 1, 0), 8, null, 0);
    walk.wholeRound();
    assertThat(forgotten).isEmpty();
    assertThat(accepted()).isEqualTo(2);

    claim.abort();
    walk.wholeRound();
    assertThat(forgotten).containsExactly(publisher);
    assertThat(accepted()).isEqualTo(2);
  }

  /** As a consumer does that comes this much later than it could. */
  private boolean lookAtNextTime(long lateNs) {
    while (!walk.isDue(nowNs)) {
      nowNs += STEP_NS;
    }
    nowNs += lateNs;
    return walk.look(nowNs);
  }

  /** Adds publishers with one record each. Returns the last. */
  private Publisher add(Thread owner, int count) {
    Publisher publisher = new Publisher(owner);
    for (int i = 1; i < count; i++) {
      publisher.accepted++;
      walk.add(publisher);
      publisher = new Publisher(owner);
    }
    publisher.accepted++;
    walk.add(publisher);
    return publisher;
  }

  private PublisherSums sums() {
    PublisherSums sums = new PublisherSums();
    walk.addTo(sums);
    return sums;
  }

  private int accepted() {
    return (int) sums().accepted;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
