// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ClaimWatchTest {

  private static final int SLOTS = 16_384;
  private static final int THREADS = 10_000;

  private final Publishers publishers = new Publishers();
  private final RecordRing ring = new RecordRing(SLOTS, 1, new WakeUp(SLOTS, false));
  private final ClaimWatch watch = new ClaimWatch(publishers, ring);
  private long nowNs = Long.MAX_VALUE - ClaimWatch.SLOW_NS;

  @Test
  void shouldVisitABoundedNumberOfThreadsInALook() {
    for (int i = 0; i < THREADS; i++) {
      // Not alive, as it was not started.
      ring.tryClaim(publishers.add(new Thread()), 1, 0);
    }
    watch.heldUp(0, nowNs);

    int before = 0;
    while (before < THREADS) {
      look();
      int givenUp = givenUp();
      assertThat(givenUp - before).isBetween(1, ClaimWatch.MAX_VISITS);
      before = givenUp;
    }
  }

  @Test
  void shouldNameTheHolderAmongManyThreads() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread holder = new Thread(() -> await(end), "holder of a claim");
    holder.start();
    for (int i = 0; i < THREADS; i++) {
      publishers.add(new Thread());
    }
    ring.tryClaim(publishers.add(holder), 1, 0);
    watch.heldUp(0, nowNs);

    for (int visits = 0; visits <= THREADS; visits += ClaimWatch.MAX_VISITS) {
      look();
    }

    assertThat(watch.describe(0)).contains("thread=holder of a claim");
    end.countDown();
    holder.join();
    look();
    assertThat(givenUp()).isEqualTo(1);
  }

  @Test
  void shouldFindAHolderThatNotesItsClaimLater() {
    Publisher holder = publishers.add(new Thread());
    watch.heldUp(0, nowNs);
    look();

    ring.tryClaim(holder, 1, 0);
    look();

    assertThat(givenUp()).isEqualTo(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void look() {
    nowNs += ClaimWatch.SLOW_NS;
    watch.heldUp(0, nowNs);
  }

  private int givenUp() {
    int givenUp = 0;
    for (long sequence = 0; sequence < THREADS; sequence++) {
      if (ring.entries().isPublished(sequence)) {
        givenUp++;
      }
    }
    return givenUp;
  }
}
