// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class EventDecoderTest {

  private final EventDecoder decoder = new EventDecoder(List.of(SyntheticPage.FORMAT));

  @Test
  void shouldFindBytesAndThread() {
    UnsafeBuffer data = new UnsafeBuffer(SyntheticPage.eventData("hello".getBytes(US_ASCII)));

    assertThat(decode(data)).isEqualTo(EventDecoder.Result.RECEIVED);
    assertThat(decoder.tid()).isEqualTo(SyntheticPage.TID);
    assertThat(data.getStringWithoutLengthAscii(decoder.offset(), decoder.length()))
        .isEqualTo("hello");
  }

  @Test
  void shouldFindBytesAtDistanceFromRelLoc() {
    UnsafeBuffer data = new UnsafeBuffer(SyntheticPage.eventData("--hello".getBytes(US_ASCII)));
    data.putInt(SyntheticPage.FORMAT.locOffset(), 5 << 16 | 2);

    assertThat(decode(data)).isEqualTo(EventDecoder.Result.RECEIVED);
    assertThat(data.getStringWithoutLengthAscii(decoder.offset(), decoder.length()))
        .isEqualTo("hello");
  }

  @Test
  void shouldFindBytesBehindTheirLength() throws Exception {
    String text = SyntheticPage.EVENT_FORMAT.replaceAll("(?m)^.*offset:(8|12|20);.*\n", "");
    EventDecoder sized =
        new EventDecoder(List.of(EventFormat.parse("otlp_metrics", text), SyntheticPage.FORMAT));
    UnsafeBuffer data = new UnsafeBuffer(new byte[24]);
    data.putShort(0, (short) 464);
    data.putInt(8, 5);
    data.putStringWithoutLengthAscii(12, "hello");

    assertThat(sized.decode(data, 0, 24)).isEqualTo(EventDecoder.Result.RECEIVED);
    assertThat(data.getStringWithoutLengthAscii(sized.offset(), sized.length())).isEqualTo("hello");
    assertThat(sized.decode(data, 0, 17)).isEqualTo(EventDecoder.Result.RECEIVED);
    assertThat(sized.decode(data, 0, 16)).isEqualTo(EventDecoder.Result.MALFORMED);
    for (int length : new int[] {-1, Integer.MIN_VALUE, 13, Integer.MAX_VALUE}) {
      data.putInt(8, length);
      assertThat(sized.decode(data, 0, 24)).isEqualTo(EventDecoder.Result.MALFORMED);
    }
  }

  @Test
  void shouldTakeLengthOfBytesAsUnsigned() {
    UnsafeBuffer data = new UnsafeBuffer(new byte[24 + 0xFFFF]);
    data.putBytes(0, SyntheticPage.eventData(new byte[0]));
    data.putInt(SyntheticPage.FORMAT.locOffset(), 0xFFFF << 16);

    assertThat(decode(data)).isEqualTo(EventDecoder.Result.RECEIVED);
    assertThat(decoder.length()).isEqualTo(0xFFFF);
  }

  @Test
  void shouldRefuseBytesOutsideOfTheEvent() {
    UnsafeBuffer data = new UnsafeBuffer(SyntheticPage.eventData(new byte[8]));
    data.putInt(SyntheticPage.FORMAT.locOffset(), 9 << 16);
    assertThat(decode(data)).isEqualTo(EventDecoder.Result.MALFORMED);

    data.putInt(SyntheticPage.FORMAT.locOffset(), 8 << 16 | 1);
    assertThat(decode(data)).isEqualTo(EventDecoder.Result.MALFORMED);
  }

  @Test
  void shouldRefuseEventThatIsShorterThanItsFields() {
    UnsafeBuffer data = new UnsafeBuffer(SyntheticPage.eventData(new byte[0]));

    for (int length = 0; length < SyntheticPage.FORMAT.fixedLength(); length++) {
      assertThat(decoder.decode(data, 0, length)).isEqualTo(EventDecoder.Result.MALFORMED);
    }
  }

  @Test
  void shouldTellEventsOfOtherTracepoints() {
    UnsafeBuffer data = new UnsafeBuffer(SyntheticPage.eventData(new byte[8]));
    data.putShort(0, (short) 5);

    assertThat(decode(data)).isEqualTo(EventDecoder.Result.FOREIGN);
  }

  @Test
  void shouldTellOtherProtocols() {
    UnsafeBuffer data = new UnsafeBuffer(SyntheticPage.eventData(new byte[8]));
    data.putInt(SyntheticPage.FORMAT.protocolOffset(), 1);

    assertThat(decode(data)).isEqualTo(EventDecoder.Result.OTHER_PROTOCOL);
  }

  @Test
  void shouldStayWithinBoundsOfAnyBytes() {
    Random random = new Random(20260101);
    byte[] bytes = new byte[64];
    for (int round = 0; round < 100_000; round++) {
      random.nextBytes(bytes);
      UnsafeBuffer data = new UnsafeBuffer(bytes);
      data.putShort(0, (short) SyntheticPage.FORMAT.id());
      data.putInt(8, 0);
      data.putInt(20, random.nextInt(80) << 16 | random.nextInt(80));
      int length = random.nextInt(bytes.length + 1);
      if (decoder.decode(data, 0, length) == EventDecoder.Result.RECEIVED) {
        assertThat(decoder.offset()).isGreaterThanOrEqualTo(24);
        assertThat(decoder.offset() + decoder.length()).isLessThanOrEqualTo(length);
      }
    }
  }

  private EventDecoder.Result decode(UnsafeBuffer data) {
    return decoder.decode(data, 0, data.capacity());
  }
}
