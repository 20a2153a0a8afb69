// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OwnedCounterTest {

  private final OwnedCounter counter = new OwnedCounter();

  @Test
  void shouldStartAtZero() {
    assertThat(counter.sum()).isZero();
  }

  @Test
  void shouldCountForItsFirstThread() {
    for (int i = 0; i < 1000; i++) {
      counter.increment();
    }

    assertThat(counter.sum()).isEqualTo(1000);
  }

  @Test
  void shouldLoseNothingWhenManyThreadsCountAtOnce() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 50_000; n++) {
                  counter.increment();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(counter.sum()).isEqualTo(400_000);
  }

  @Test
  void shouldGoOnWhenItsFirstThreadHasEnded() throws Exception {
    Thread first = new Thread(counter::increment);
    first.start();
    first.join();

    counter.increment();

    assertThat(counter.sum()).isEqualTo(2);
  }
}
