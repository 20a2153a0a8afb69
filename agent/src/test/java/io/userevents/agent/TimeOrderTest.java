// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class TimeOrderTest {

  private final TimeOrder order = new TimeOrder();
  private final List<Long> handedOut = new ArrayList<>();

  @Test
  void shouldHandOutAnEventAfterOneFurtherRead() {
    add(5);
    endRead();
    assertThat(handedOut).isEmpty();
    assertThat(order.isEmpty()).isFalse();

    endRead();

    assertThat(handedOut).containsExactly(5L);
    assertThat(order.isEmpty()).isTrue();
  }

  @Test
  void shouldSortTheEventsOfOneRead() {
    add(1);
    add(4);
    add(2);
    add(3);
    endRead();
    endRead();

    assertThat(handedOut).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void shouldPutAnEventOfTheNextReadBeforeALaterOne() {
    add(1);
    add(4);
    endRead();
    add(3);
    add(6);
    endRead();
    assertThat(handedOut).containsExactly(1L, 3L, 4L);

    endRead();

    assertThat(handedOut).containsExactly(1L, 3L, 4L, 6L);
  }

  @Test
  void shouldHandOutAllAtTheEnd() {
    add(2);
    endRead();
    add(1);
    order.end(this::sink);

    assertThat(handedOut).containsExactly(1L, 2L);
    assertThat(order.isEmpty()).isTrue();
  }

  @Test
  void shouldKeepTheOrderOfEqualTimes() {
    UnsafeBuffer first = new UnsafeBuffer(new byte[] {1});
    UnsafeBuffer second = new UnsafeBuffer(new byte[] {2});
    List<Byte> seen = new ArrayList<>();
    order.add(first, 7, 0, 0, this::sink);
    order.add(second, 7, 0, 0, this::sink);
    order.end((bytes, offset, length, pid, tid) -> seen.add(bytes[offset]));

    assertThat(seen).containsExactly((byte) 1, (byte) 2);
  }

  @Test
  void shouldHandOutWhatIsThereWhenItTakesTooMuchMemory() {
    UnsafeBuffer large = new UnsafeBuffer(new byte[TimeOrder.MAX_BYTES / 2]);
    for (int time = 1; time <= 4; time++) {
      large.putLong(0, time);
      order.add(large, time, 0, 0, this::sink);
    }

    assertThat(handedOut).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldGoOnBehindAnEventWhoseSinkFails() {
    add(1);
    add(2);
    add(3);
    List<Long> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                order.end(
                    (bytes, offset, length, pid, tid) -> {
                      seen.add(new UnsafeBuffer(bytes, offset, length).getLong(0));
                      if (seen.size() == 2) {
                        throw new IllegalStateException("a test");
                      }
                    }))
        .isInstanceOf(IllegalStateException.class);

    order.end(this::sink);

    assertThat(seen).containsExactly(1L, 2L);
    assertThat(handedOut).as("with the one that failed").containsExactly(2L, 3L);
  }

  /** Buffers of several CPUs that are read one after the other, each up to its end. */
  @Test
  void shouldGiveTheOrderOfTimesWhateverCpuAWriterIsOn() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<List<Long>> buffers = new ArrayList<>();
    for (int cpu = 0; cpu < 4; cpu++) {
      buffers.add(new ArrayList<>());
    }
    long written = 0;
    for (int read = 0; read < 2_000; read++) {
      for (List<Long> buffer : buffers) {
        // Writers go on while the buffers are read.
        for (int i = random.nextInt(4); i > 0; i--) {
          buffers.get(random.nextInt(buffers.size())).add(++written);
        }
        buffer.forEach(this::add);
        buffer.clear();
      }
      endRead();
    }
    buffers.forEach(buffer -> buffer.forEach(this::add));
    order.end(this::sink);

    assertThat(handedOut).as("seed %s", seed).isSorted().hasSize((int) written);
    assertThat(Collections.max(handedOut)).isEqualTo(written);
  }

  private void add(long time) {
    UnsafeBuffer payload = new UnsafeBuffer(new byte[Long.BYTES + (int) (time % 100)]);
    payload.putLong(0, time);
    order.add(payload, time, 0, 0, this::sink);
  }

  private void endRead() {
    order.endRead(this::sink);
  }

  private void sink(byte[] bytes, int offset, int length, int pid, int tid) {
    handedOut.add(new UnsafeBuffer(bytes, offset, length).getLong(0));
  }
}
