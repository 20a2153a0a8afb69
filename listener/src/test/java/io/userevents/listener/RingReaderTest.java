// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.perf.PerfRecord;
import io.userevents.internal.perf.PerfSample;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.SyntheticPage;
import io.userevents.tracepoint.EventLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingReaderTest {

  private static final int LENGTH = 16_384;
  private static final EventFormat OTHER =
      new EventFormat("other", SyntheticPage.FORMAT.id() + 1, 0, 4, 8, 20, 24, 24, "");

  private final Tally tally = new Tally();
  private final RingReader reader =
      new RingReader(new EventDecoder(List.of(SyntheticPage.FORMAT, OTHER)), tally);
  private SyntheticRing ring = new SyntheticRing(LENGTH, 0);
  private final List<ReceivedEvent> received = new ArrayList<>();
  private final EventHandler collecting = EventHandler.copying(received::add);

  @AfterEach
  void unmap() {
    ring.close();
  }

  @Test
  void shouldHandOutTheNewestOfARingThatIsWrittenBackwardInTheirOrder() {
    assertThat(reader.deliverBackward(ring.ring(), collecting)).isZero();
    for (int i = 0; i < 3; i++) {
      ring.sampleBackward(new byte[] {(byte) i}, i);
    }
    assertThat(reader.deliverBackward(ring.ring(), collecting)).isEqualTo(3);
    assertThat(received).extracting(ReceivedEvent::timestampNs).containsExactly(0L, 1L, 2L);

    received.clear();
    int length = 1000;
    for (int i = 3; i < 500; i++) {
      ring.sampleBackward(new byte[length], i);
    }
    int delivered = reader.deliverBackward(ring.ring(), collecting);

    assertThat(delivered).isEqualTo(LENGTH / (PerfSample.RAW_OFFSET + 24 + length + 4));
    assertThat(received.get(delivered - 1).timestampNs()).isEqualTo(499);
    for (int i = 1; i < delivered; i++) {
      assertThat(received.get(i).timestampNs()).isEqualTo(received.get(i - 1).timestampNs() + 1);
    }
    assertThat(tally.get(Tally.Count.MALFORMED_BUFFERS)).isZero();
    assertThat(tally.get(Tally.Count.MALFORMED_EVENTS)).isZero();
  }

  @Test
  void shouldHandOutEventsWithAllThatIsKnownOfThem() {
    ring.sample(bytes("one"), 501);
    ring.sample(OTHER.id(), bytes("three"), 503);

    assertThat(deliver(collecting)).isEqualTo(2);

    assertThat(received)
        .extracting(e -> new String(e.bytes(), US_ASCII))
        .containsExactly("one", "three");
    assertThat(received)
        .extracting(ReceivedEvent::tracepoint)
        .containsExactly("otlp_metrics", "other");
    assertThat(received).extracting(ReceivedEvent::timestampNs).containsExactly(501L, 503L);
    assertThat(received).extracting(ReceivedEvent::cpu).containsOnly(SyntheticRing.CPU);
    assertThat(received).extracting(ReceivedEvent::tid).containsOnly(SyntheticRing.TID);
    assertThat(received).extracting(ReceivedEvent::pid).containsOnly(SyntheticRing.PID);
    assertThat(statistics().events()).isEqualTo(2);
    assertThat(statistics().bytes()).isEqualTo(8);
    assertThat(ring.tail()).isEqualTo(ring.head());
  }

  /** Each length takes up another number of bytes of padding, which is no part of the payload. */
  @Test
  void shouldGoByTheEventsOwnLengthWhereTheKernelPads() {
    for (int length = 0; length < 64; length++) {
      ring.sample(new byte[length], length);
    }

    assertThat(deliver(collecting)).isEqualTo(64);

    for (int length = 0; length < 64; length++) {
      assertThat(received.get(length).length()).isEqualTo(length);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, LENGTH - 8, 3L * LENGTH - 48, (1L << 32) - 8, Long.MAX_VALUE / 16 * 8})
  void shouldPutTogetherRecordsThatRunOverTheEnd(long start) {
    ring.close();
    ring = new SyntheticRing(LENGTH, start);
    Random random = new Random(start);
    List<byte[]> written = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      byte[] payload = new byte[random.nextInt(i % 50 == 0 ? EventLayout.MAX_LENGTH_PERF : 400)];
      random.nextBytes(payload);
      while (!ring.sample(payload, i)) {
        deliver(collecting);
      }
      written.add(payload);
    }
    deliver(collecting);

    assertThat(received).hasSameSizeAs(written);
    for (int i = 0; i < written.size(); i++) {
      assertThat(received.get(i).bytes()).isEqualTo(written.get(i));
      assertThat(received.get(i).timestampNs()).isEqualTo(i);
    }
    assertThat(statistics().malformedBuffers()).isZero();
  }

  @Test
  void shouldCountTheLossThatTheKernelTellsOf() {
    int written = 0;
    while (ring.sample(new byte[1000], 0)) {
      written++;
    }
    ring.sample(new byte[1000], 0);
    ring.sample(new byte[1000], 0);
    assertThat(deliver(collecting)).isEqualTo(written);
    assertThat(statistics().missedEvents()).isZero();

    ring.sample(new byte[1000], 0);

    assertThat(deliver(collecting)).isEqualTo(1);
    assertThat(statistics().missedEvents()).isEqualTo(3);
    assertThat(tally.get(Tally.Count.SAMPLES)).isEqualTo(written + 1);
  }

  @Test
  void shouldPassOverOtherRecords() {
    ring.other(5, 32);
    ring.sample(bytes("a"), 0);
    ring.other(1 << 20, 8);
    ring.sample(bytes("b"), 0);

    assertThat(deliver(collecting)).isEqualTo(2);
    assertThat(ring.tail()).isEqualTo(ring.head());
  }

  @Test
  void shouldCountWhatItDoesNotHandOut() {
    ring.sample(9999, bytes("foreign"), 0);
    int second = (int) ring.head();
    ring.sample(bytes("protocol"), 0);
    ring.memory().putInt(SyntheticRing.PAGE + second + PerfSample.RAW_OFFSET + 8, 1);
    int third = (int) ring.head();
    ring.sample(bytes("malformed"), 0);
    ring.memory().putInt(SyntheticRing.PAGE + third + PerfSample.RAW_OFFSET + 20, 500 << 16);
    int fourth = (int) ring.head();
    ring.sample(bytes("raw size"), 0);
    ring.memory().putInt(SyntheticRing.PAGE + fourth + PerfSample.RAW_SIZE_OFFSET, 1 << 30);
    ring.other(PerfRecord.SAMPLE, 40);
    ring.sample(bytes("good"), 0);

    assertThat(deliver(collecting)).isEqualTo(1);

    assertThat(received.get(0).bytes()).isEqualTo(bytes("good"));
    assertThat(statistics().foreignEvents()).isEqualTo(1);
    assertThat(statistics().otherProtocolEvents()).isEqualTo(1);
    assertThat(statistics().malformedEvents()).isEqualTo(3);
    assertThat(tally.get(Tally.Count.SAMPLES)).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 12, 16_384, 0xFFF8})
  void shouldSkipToTheHeadWhereARecordMakesNoSense(int length) {
    ring.sample(bytes("good"), 0);
    int second = (int) ring.head();
    ring.sample(bytes("bad"), 0);
    ring.sample(bytes("behind"), 0);
    ring.memory().putShort(SyntheticRing.PAGE + second + 6, (short) length);

    assertThat(deliver(collecting)).isEqualTo(1);
    assertThat(statistics().malformedBuffers()).isEqualTo(1);
    assertThat(ring.tail()).isEqualTo(ring.head());

    ring.sample(bytes("next"), 0);
    assertThat(deliver(collecting)).isEqualTo(1);
    assertThat(received.get(1).bytes()).isEqualTo(bytes("next"));
  }

  @ParameterizedTest
  @ValueSource(longs = {-8, LENGTH + 8, 4, Long.MAX_VALUE, Long.MIN_VALUE})
  void shouldRefuseAHeadThatCannotBe(long distance) {
    ring.setHead(ring.head() + distance);

    assertThat(deliver(collecting)).isZero();
    assertThat(statistics().malformedBuffers()).isEqualTo(1);
    assertThat(ring.tail()).isEqualTo(ring.head());
  }

  @Test
  void shouldGoOnAfterTheEventWhoseHandlerHasThrown() {
    ring.sample(bytes("a"), 0);
    ring.sample(bytes("b"), 0);
    ring.sample(bytes("c"), 0);

    assertThatThrownBy(
            () ->
                deliver(
                    sample -> {
                      received.add(sample.copy());
                      throw new IllegalStateException("from the handler");
                    }))
        .hasMessage("from the handler");

    assertThat(deliver(collecting)).isEqualTo(2);
    assertThat(received)
        .extracting(e -> new String(e.bytes(), US_ASCII))
        .containsExactly("a", "b", "c");
    assertThat(statistics().events()).isEqualTo(3);
  }

  @Test
  void shouldTakeThePayloadFromAHandlerThatKeepsIt() {
    ring.sample(bytes("a"), 0);
    List<DirectBuffer> kept = new ArrayList<>();

    deliver(sample -> kept.add(sample.payload()));

    assertThatThrownBy(() -> kept.get(0).getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** The kernel may write over all that it is told is free. */
  @Test
  void shouldKeepTheRecordAtHandFromTheKernel() {
    for (int i = 0; i < 10; i++) {
      ring.sample(new byte[1400], i);
    }
    List<Long> tails = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    int length = (int) (ring.head() / 10);

    deliver(
        sample -> {
          tails.add(ring.tail());
          ends.add((long) length * (ends.size() + 1));
        });

    for (int i = 0; i < tails.size(); i++) {
      assertThat(tails.get(i)).isLessThanOrEqualTo(ends.get(i) - length);
    }
    // The reader frees the bytes that it has read while it continues, and not only at the end.
    assertThat(tails.get(9)).isPositive();
  }

  @Test
  void shouldHandOutNothingMoreOnceStoppedByItsHandler() {
    ring.sample(bytes("a"), 0);
    ring.sample(bytes("b"), 0);

    assertThat(
            deliver(
                sample -> {
                  reader.stop();
                  received.add(sample.copy());
                }))
        .isEqualTo(1);
    assertThat(deliver(collecting)).isZero();
    assertThat(tally.get(Tally.Count.SAMPLES)).isEqualTo(1);
  }

  private int deliver(EventHandler handler) {
    return reader.deliver(ring.ring(), SyntheticRing.CPU, handler);
  }

  private ListenerStatistics statistics() {
    return new ListenerStatistics(tally.snapshot(), 0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
