// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCursorTest {

  private static final int PADDING = 29;
  private static final int TIME_EXTEND = 30;
  private static final int TIME_STAMP = 31;

  private final PageCursor cursor = new PageCursor(SyntheticPage.LAYOUT);

  @Test
  void shouldYieldSmallAndLargeEventsWithTheirTimes() {
    byte[] large = new byte[1000];
    UnsafeBuffer page =
        new SyntheticPage(1_000)
            .event(0, bytes("one"))
            .event(7, large)
            .event(5, bytes(""))
            .commit();

    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly(1_000L, 1_007L, 1_012L);
    assertThat(cursor.malformation()).isNull();
    assertThat(cursor.isMissedUncounted()).isFalse();
    assertThat(cursor.missedEvents()).isZero();
  }

  @Test
  void shouldLocateDataOfBothForms() {
    UnsafeBuffer page =
        new SyntheticPage(0).event(0, bytes("four")).event(0, new byte[200]).commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(cursor.next()).isTrue();
    assertThat(cursor.dataOffset()).isEqualTo(20);
    assertThat(cursor.dataLength()).isEqualTo(28);
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.dataOffset()).isEqualTo(48 + 8);
    assertThat(cursor.dataLength()).isEqualTo(224);
    assertThat(cursor.next()).isFalse();
  }

  @Test
  void shouldYieldEventWithoutData() {
    UnsafeBuffer page = new SyntheticPage(9).header(0, 1).word(4).commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(cursor.next()).isTrue();
    assertThat(cursor.dataLength()).isZero();
    assertThat(cursor.timestampNs()).isEqualTo(10);
    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).isNull();
  }

  @Test
  void shouldYieldNothingFromEmptyPage() {
    cursor.wrap(new SyntheticPage(1).commit(), SyntheticPage.LENGTH);

    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).isNull();
  }

  @Test
  void shouldExtendTimeBeyondTheDeltaOfAnEvent() {
    UnsafeBuffer page =
        new SyntheticPage(100).header(TIME_EXTEND, 5).word(3).event(2, bytes("late")).commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly(100 + (3L << 27) + 5 + 2);
  }

  @Test
  void shouldTreatWordsOfTimeExtendAsUnsigned() {
    UnsafeBuffer page =
        new SyntheticPage(0)
            .header(TIME_EXTEND, (1 << 27) - 1)
            .word(-1)
            .event(0, bytes("x"))
            .commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly((0xFFFF_FFFFL << 27) + (1 << 27) - 1);
  }

  @Test
  void shouldReplaceTimeByAbsoluteTime() {
    UnsafeBuffer page =
        new SyntheticPage(100).header(TIME_STAMP, 5).word(3).event(0, bytes("x")).commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly((3L << 27) + 5);
  }

  @Test
  void shouldKeepUpperBitsOfTimeWhenAbsoluteTimeHasWrapped() {
    long upper = 3L << 59;
    UnsafeBuffer page =
        new SyntheticPage(upper + 1000).header(TIME_STAMP, 5).word(0).event(0, bytes("x")).commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly((4L << 59) + 5);
  }

  @Test
  void shouldPassOverDiscardedEventsAndKeepTheirTime() {
    UnsafeBuffer page =
        new SyntheticPage(100)
            .event(1, bytes("a"))
            .header(PADDING, 1)
            .word(12)
            .word(0)
            .word(0)
            .header(PADDING, 50)
            .word(4)
            .event(2, bytes("b"))
            .commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly(101L, 153L);
    assertThat(cursor.malformation()).isNull();
  }

  @Test
  void shouldEndAtPaddingOfThePage() {
    UnsafeBuffer page = new SyntheticPage(100).event(1, bytes("a")).header(PADDING, 0).commit(4080);
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).containsExactly(101L);
    assertThat(cursor.malformation()).isNull();
  }

  @Test
  void shouldReportCountOfMissedEvents() {
    SyntheticPage page = new SyntheticPage(0).event(0, bytes("a"));
    int length = page.position() - 16;
    page.word(12345).word(0);
    cursor.wrap(
        page.commit(PageLayout.MISSED_EVENTS | PageLayout.MISSED_STORED | length),
        SyntheticPage.LENGTH);

    assertThat(cursor.missedEvents()).isEqualTo(12345);
    assertThat(cursor.isMissedUncounted()).isFalse();
    assertThat(times()).hasSize(1);
  }

  @Test
  void shouldReportMissedEventsWithoutCount() {
    SyntheticPage page = new SyntheticPage(0).event(0, bytes("a"));
    int length = page.position() - 16;
    cursor.wrap(page.commit(PageLayout.MISSED_EVENTS | length), SyntheticPage.LENGTH);

    assertThat(cursor.missedEvents()).isZero();
    assertThat(cursor.isMissedUncounted()).isTrue();
    assertThat(times()).hasSize(1);
  }

  @Test
  void shouldNotReadCountOfMissedEventsBeyondThePage() {
    SyntheticPage page = new SyntheticPage(0).header(PADDING, 0);
    int full = SyntheticPage.LAYOUT.dataSize() - 4;
    cursor.wrap(
        page.commit(PageLayout.MISSED_EVENTS | PageLayout.MISSED_STORED | full),
        SyntheticPage.LENGTH);

    assertThat(cursor.isMissedUncounted()).isTrue();
    assertThat(cursor.missedEvents()).isZero();
  }

  @Test
  void shouldReadCommitWordOf32Bits() {
    PageCursor narrow = new PageCursor(new PageLayout(0, 8, 4, 12, 4084));
    UnsafeBuffer page = new UnsafeBuffer(new byte[4096]);
    page.putInt(8, 8);
    page.putInt(12, 1);
    narrow.wrap(page, 4096);

    assertThat(narrow.next()).isTrue();
    assertThat(narrow.dataOffset()).isEqualTo(16);
    assertThat(narrow.next()).isFalse();
  }

  @Test
  void shouldReportPageThatSaysItIsLongerThanItIs() {
    UnsafeBuffer page = new SyntheticPage(0).event(0, bytes("a")).commit(4081);
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).contains("committed=4081", "capacity=4080");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 15})
  void shouldReportPageWithoutHeader(int length) {
    cursor.wrap(new SyntheticPage(0).event(0, bytes("a")).commit(), length);

    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).contains("length=" + length);
  }

  @Test
  void shouldReportReadThatCutTheEventsOff() {
    UnsafeBuffer page = new SyntheticPage(0).event(0, new byte[500]).commit();
    cursor.wrap(page, 300);

    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).contains("overfull");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 4076, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF})
  void shouldReportEventWithImpossibleLength(int length) {
    UnsafeBuffer page =
        new SyntheticPage(0).event(0, bytes("good")).header(0, 1).word(length).commit(100);
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(times()).hasSize(1);
    assertThat(cursor.malformation()).contains("impossible length");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, PADDING, TIME_EXTEND, TIME_STAMP, 28})
  void shouldReportEventThatIsCutOff(int type) {
    UnsafeBuffer page = new SyntheticPage(0).header(type, 1).commit();
    cursor.wrap(page, SyntheticPage.LENGTH);

    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).contains("remaining=");
  }

  @Test
  void shouldReportBytesAfterLastEvent() {
    SyntheticPage page = new SyntheticPage(0).event(0, bytes("a"));
    cursor.wrap(page.commit(page.position() - 16 + 3), SyntheticPage.LENGTH);

    assertThat(times()).hasSize(1);
    assertThat(cursor.malformation()).contains("remaining=3");
  }

  @Test
  void shouldStayWithinBoundsOfAnyBytes() {
    Random random = new Random(20260101);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[SyntheticPage.LENGTH];
      random.nextBytes(bytes);
      UnsafeBuffer page = new UnsafeBuffer(bytes);
      page.putInt(8, random.nextInt(4200) | (random.nextInt() & ~PageLayout.LENGTH_MASK));
      if (round % 2 == 0) {
        mutate(page, random);
      }
      cursor.wrap(page, round % 7 == 0 ? random.nextInt(bytes.length + 1) : bytes.length);
      int steps = 0;
      while (cursor.next()) {
        assertThat(cursor.dataOffset()).isGreaterThanOrEqualTo(16);
        assertThat(cursor.dataOffset() + cursor.dataLength()).isLessThanOrEqualTo(bytes.length);
        assertThat(++steps).isLessThanOrEqualTo(bytes.length / 4);
      }
      assertThat(cursor.missedEvents()).isNotNegative();
    }
  }

  /** Makes the bytes a page of events in which some words are wrong. */
  private static void mutate(UnsafeBuffer page, Random random) {
    SyntheticPage good = new SyntheticPage(random.nextLong());
    while (good.position() < 3000) {
      good.event(random.nextInt(1 << 27), new byte[random.nextInt(300)]);
    }
    page.putBytes(0, good.commit(), 0, SyntheticPage.LENGTH);
    for (int i = random.nextInt(20); i >= 0; i--) {
      page.putInt(16 + 4 * random.nextInt(1000), random.nextInt());
    }
  }

  private List<Long> times() {
    List<Long> times = new ArrayList<>();
    while (cursor.next()) {
      times.add(cursor.timestampNs());
    }
    return times;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
