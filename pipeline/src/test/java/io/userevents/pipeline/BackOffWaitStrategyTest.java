// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BackOffWaitStrategyTest {

  private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private final RingBuffer<Slot> ring =
      RingBuffer.createMultiProducer(() -> new Slot(0), 4, new BackOffWaitStrategy(MAX_PARK_NS));
  private final SequenceBarrier barrier = ring.newBarrier();

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
    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(5));
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
