// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class PublishersTest {

  private final Publishers publishers = new Publishers();

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
                publishers.current().counters[Publisher.ACCEPTED]++;
                publishers.current().refused(Outcome.DROPPED_FULL, 10);
              });
      thread.start();
      thread.join();
    }
    publishers.current().counters[Publisher.ACCEPTED]++;

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
              publishers.current().counters[Publisher.ACCEPTED]++;
              await(finish);
            });
    living.start();
    for (int i = 0; i < 10; i++) {
      Thread thread = new Thread(() -> publishers.current().counters[Publisher.ACCEPTED]++);
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
  void shouldSayWhetherOnlyTheCallerHasPublishedSinceTheBurstBefore() throws Exception {
    publishers.current().counters[Publisher.ACCEPTED]++;
    publishers.current().counters[Publisher.ACCEPTED]++;
    assertThat(publishers.endBurst(1)).as("alone").isTrue();

    publishers.current().counters[Publisher.ACCEPTED]++;
    runElsewhere(() -> publishers.current().counters[Publisher.ACCEPTED]++);
    assertThat(publishers.endBurst(3)).as("another has published as well").isFalse();

    publishers.current().counters[Publisher.ACCEPTED]++;
    assertThat(publishers.endBurst(4)).as("alone again").isTrue();
  }

  @Test
  void shouldTakeEachOfTwoPublishersForAloneThatEndTheirBurstsInTurn() throws Exception {
    for (long sequence = 0; sequence < 6; sequence += 2) {
      long ownSequence = sequence;
      publishers.current().counters[Publisher.ACCEPTED]++;
      assertThat(publishers.endBurst(ownSequence)).isTrue();
      runElsewhere(
          () -> {
            publishers.current().counters[Publisher.ACCEPTED]++;
            assertThat(publishers.endBurst(ownSequence + 1)).isTrue();
          });
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
