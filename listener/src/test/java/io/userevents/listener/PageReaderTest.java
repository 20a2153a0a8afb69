// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.SyntheticPage;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

class PageReaderTest {

  private static final int CPU = 3;

  private final Tally tally = new Tally();
  private final PageReader reader =
      new PageReader(SyntheticPage.LAYOUT, new EventDecoder(List.of(SyntheticPage.FORMAT)), tally);

  @Test
  void shouldHandOutEventsWithAllThatIsKnownOfThem() {
    wrap(new SyntheticPage(500).event(1, bytes("one")).event(2, bytes("three")));
    List<ReceivedEvent> received = new ArrayList<>();

    assertThat(reader.deliver(EventHandler.copying(received::add))).isEqualTo(2);

    assertThat(received)
        .extracting(e -> new String(e.bytes(), US_ASCII))
        .containsExactly("one", "three");
    assertThat(received).extracting(ReceivedEvent::timestampNs).containsExactly(501L, 503L);
    assertThat(received).extracting(ReceivedEvent::cpu).containsOnly(CPU);
    assertThat(received).extracting(ReceivedEvent::tid).containsOnly(SyntheticPage.TID);
    assertThat(received).extracting(ReceivedEvent::pid).containsOnly(Sample.UNKNOWN_PID);
    assertThat(received).extracting(ReceivedEvent::tracepoint).containsOnly("otlp_metrics");
    assertThat(statistics())
        .hasToString(
            "ListenerStatistics{events=2, bytes=8, missedEvents=0, missedUncounted=0,"
                + " malformedBuffers=0, malformedEvents=0, otherProtocolEvents=0, foreignEvents=0,"
                + " abandonedEvents=0, interruptions=0}");
  }

  @Test
  void shouldCountWhatItDoesNotHandOut() {
    byte[] otherProtocol = SyntheticPage.eventData(bytes("json"));
    otherProtocol[8] = 1;
    byte[] foreign = SyntheticPage.eventData(bytes("mark"));
    foreign[0] = 5;
    foreign[1] = 0;
    byte[] malformed = SyntheticPage.eventData(bytes("long"));
    malformed[23] = 1;
    wrap(
        new SyntheticPage(0)
            .header(7, 0)
            .raw(otherProtocol)
            .header(7, 0)
            .raw(foreign)
            .header(7, 0)
            .raw(malformed)
            .event(0, bytes("good")));

    assertThat(reader.deliver(sample -> {})).isEqualTo(1);
    assertThat(statistics())
        .hasToString(
            "ListenerStatistics{events=1, bytes=4, missedEvents=0, missedUncounted=0,"
                + " malformedBuffers=0, malformedEvents=1, otherProtocolEvents=1, foreignEvents=1,"
                + " abandonedEvents=0, interruptions=0}");
  }

  @Test
  void shouldCountPageThatMakesNoSense() {
    wrap(new SyntheticPage(0).event(0, bytes("good")).header(0, 0).word(3));

    assertThat(reader.deliver(sample -> {})).isEqualTo(1);
    assertThat(statistics().malformedBuffers()).isEqualTo(1);
    assertThat(reader.deliver(sample -> {})).isZero();
    assertThat(statistics().malformedBuffers()).isEqualTo(1);
  }

  @Test
  void shouldCountPageOfUnexpectedLengthOnce() {
    reader.wrap(new SyntheticPage(0).event(0, bytes("good")).commit(), 2048, CPU);

    assertThat(reader.deliver(sample -> {})).isEqualTo(1);
    assertThat(statistics().malformedBuffers()).isEqualTo(1);
  }

  @Test
  void shouldGoOnAfterTheEventWhoseHandlerHasThrown() {
    wrap(new SyntheticPage(0).event(0, bytes("a")).event(0, bytes("b")).event(0, bytes("c")));
    List<String> received = new ArrayList<>();

    assertThatThrownBy(
            () ->
                reader.deliver(
                    sample -> {
                      received.add(text(sample.payload()));
                      throw new IllegalStateException("from the handler");
                    }))
        .hasMessage("from the handler");
    int rest = reader.deliver(sample -> received.add(text(sample.payload())));

    assertThat(rest).isEqualTo(2);
    assertThat(received).containsExactly("a", "b", "c");
    assertThat(statistics().events()).isEqualTo(3);
  }

  @Test
  void shouldTellHowManyEventsWereAbandoned() {
    wrap(new SyntheticPage(0).event(0, bytes("a")).event(0, bytes("b")));

    assertThat(reader.abandon()).isEqualTo(2);
    assertThat(reader.deliver(sample -> {})).isZero();
  }

  @Test
  void shouldTakeTheBufferFromAHandlerThatKeepsIt() {
    wrap(new SyntheticPage(0).event(0, bytes("a")));
    List<DirectBuffer> kept = new ArrayList<>();

    reader.deliver(sample -> kept.add(sample.payload()));

    assertThatThrownBy(() -> kept.get(0).getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private void wrap(SyntheticPage page) {
    reader.wrap(page.commit(), SyntheticPage.LENGTH, CPU);
  }

  private ListenerStatistics statistics() {
    return new ListenerStatistics(tally.snapshot(), 0);
  }

  private static String text(DirectBuffer buffer) {
    return buffer.getStringWithoutLengthAscii(0, buffer.capacity());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
