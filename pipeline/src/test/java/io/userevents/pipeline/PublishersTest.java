// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class PublishersTest {

  private final Publishers publishers = new Publishers();
  private final SlotEntries entries = new SlotEntries(2);

  @Test
  void shouldGiveEachThreadItsOwn() throws Exception {
    Publisher[] others = new Publisher[1];
    Thread other = new Thread(() -> others[0] = publishers.current());
    other.start();
    other.join();

    assertThat(publishers.current()).isSameAs(publishers.current()).isNotSameAs(others[0]);
  }

  @Test
  void shouldKeepTheCountsOfThreadsThatHaveEnded() throws Exception {
    for (int i = 0; i < 3; i++) {
      Thread thread =
          new Thread(
              () -> {
                publishers.current().accepted++;
                publishers.current().refused(Outcome.DROPPED_FULL, 10);
              });
      thread.start();
      thread.join();
    }
    publishers.current().accepted++;

    for (int i = 0; i < 2; i++) {
      PublisherSums sums = publishers.sums();
      assertThat(sums.accepted).isEqualTo(4);
      assertThat(sums.records[Outcome.DROPPED_FULL.ordinal()]).isEqualTo(3);
      assertThat(sums.bytes[Outcome.DROPPED_FULL.ordinal()]).isEqualTo(30);
      assertThat(sums.offered()).isEqualTo(7);
    }
  }

  @Test
  void shouldForgetThreadsThatHaveEnded() throws Exception {
    CountDownLatch finish = new CountDownLatch(1);
    Thread living =
        new Thread(
            () -> {
              publishers.current().accepted++;
              await(finish);
            });
    living.start();
    for (int i = 0; i < 10; i++) {
      Thread thread = new Thread(() -> publishers.current().accepted++);
      thread.start();
      thread.join();
    }
    while (publishers.sums().accepted < 11) {
      Thread.onSpinWait();
    }

    assertThat(publishers.size()).isEqualTo(1);
    finish.countDown();
    living.join();
    assertThat(publishers.sums().accepted).isEqualTo(11);
    assertThat(publishers.size()).isZero();
  }

  @Test
  void shouldKeepCountersApartOfThreadsThatSayTheyAreEqual() throws Exception {
    List<Publisher> found = new ArrayList<>();
    CountDownLatch finish = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CountDownLatch published = new CountDownLatch(1);
      Thread thread =
          new EqualThread(
              () -> {
                found.add(publishers.current());
                publishers.current().accepted++;
                published.countDown();
                await(finish);
              });
      threads.add(thread);
      thread.start();
      published.await();
    }

    assertThat(publishers.size()).isEqualTo(3);
    assertThat(new HashSet<>(found)).hasSize(3);
    finish.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(publishers.sums().accepted).isEqualTo(3);
    assertThat(publishers.size()).isZero();
  }

  @Test
  void shouldFindAThreadAgainWhoseThreadLocalsWereCleared() {
    Publisher publisher = publishers.current();
    // Otherwise it would be the first, which is found without.
    publishers.first = null;
    publishers.current.remove();

    assertThat(publishers.currentOrNull()).isSameAs(publisher);
    publishers.current.remove();
    assertThat(publishers.current()).isSameAs(publisher);
    assertThat(publishers.size()).isEqualTo(1);
  }

  @Test
  void shouldKeepNothingOfAThreadThatHasNotPublished() throws Exception {
    publishers.current().accepted++;
    runElsewhere(
        () -> {
          publishers.abandonOwn(entries);
          publishers.refusedUnopened(entries, Outcome.DROPPED_CLOSED, 10);
          assertThat(publishers.endBurst(7)).as("without records").isFalse();
          assertThat(publishers.endBurst(7)).as("without records of anybody").isTrue();
          assertThat(publishers.currentOrNull()).isNull();
        });

    assertThat(publishers.size()).isEqualTo(1);
    assertThat(publishers.sums().records[Outcome.DROPPED_CLOSED.ordinal()]).isEqualTo(1);
  }

  @Test
  void shouldFindAThreadThatPublishesAfterItWasSeenNotToHave() throws Exception {
    publishers.current().accepted++;
    runElsewhere(
        () -> {
          assertThat(publishers.currentOrNull()).isNull();
          Publisher publisher = publishers.current();
          assertThat(publishers.currentOrNull()).isSameAs(publisher);
        });
  }

  @Test
  void shouldSayWhetherOnlyTheCallerHasPublishedSinceTheBurstBefore() throws Exception {
    publishers.current().accepted++;
    publishers.current().accepted++;
    assertThat(publishers.endBurst(1)).as("alone").isTrue();

    publishers.current().accepted++;
    runElsewhere(() -> publishers.current().accepted++);
    assertThat(publishers.endBurst(3)).as("another has published as well").isFalse();

    publishers.current().accepted++;
    assertThat(publishers.endBurst(4)).as("alone again").isTrue();
  }

  @Test
  void shouldTakeEachOfTwoPublishersForAloneThatEndTheirBurstsInTurn() throws Exception {
    for (long sequence = 0; sequence < 6; sequence += 2) {
      long ownSequence = sequence;
      publishers.current().accepted++;
      assertThat(publishers.endBurst(ownSequence)).isTrue();
      runElsewhere(
          () -> {
            publishers.current().accepted++;
            assertThat(publishers.endBurst(ownSequence + 1)).isTrue();
          });
    }
  }

  /** All are equal, and have the same id. */
  private static final class EqualThread extends Thread {
    EqualThread(Runnable task) {
      super(task);
    }

    @Override
    public long getId() {
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof EqualThread;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  private static void runElsewhere(Runnable task) throws Exception {
    FutureTask<Void> done = new FutureTask<>(task, null);
    Thread thread = new Thread(done);
    thread.start();
    done.get();
    thread.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
