// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.tracepoint.EventLayout;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of ftrace as kernels have them whose own pages are longer than 4 KiB. */
class PageLengthTest {

  private static final int LONG_EVENT = 0;
  private static final int HEADER_LENGTH = 8;

  private final EventDecoder decoder = new EventDecoder(List.of(SyntheticPage.FORMAT));

  @ParameterizedTest
  @ValueSource(ints = {4096, 16_384, 65_536})
  void shouldDecodeTheLongestEventWhichFillsThePage(int pageLength) throws Exception {
    PageLayout layout = layoutOf(pageLength);
    int longest = EventLayout.maxLengthFtrace(pageLength);
    UnsafeBuffer page = pageWith(layout, payload(longest));
    PageCursor cursor = new PageCursor(layout);

    cursor.wrap(page, pageLength);

    assertThat(layout.length()).isEqualTo(pageLength);
    assertThat(page.getLong(layout.commitOffset())).isEqualTo(layout.dataSize());
    assertThat(cursor.next()).isTrue();
    assertThat(decoder.decode(cursor.page(), cursor.dataOffset(), cursor.dataLength()))
        .isEqualTo(EventDecoder.Result.RECEIVED);
    byte[] decoded = new byte[decoder.length()];
    cursor.page().getBytes(decoder.offset(), decoded);
    assertThat(decoded).isEqualTo(payload(longest));
    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 16_384, 65_536})
  void shouldFindTheNumberOfMissedEventsBehindTheLastOne(int pageLength) throws Exception {
    PageLayout layout = layoutOf(pageLength);
    UnsafeBuffer page = pageWith(layout, payload(EventLayout.maxLengthFtrace(pageLength) - 8));
    int committed = (int) page.getLong(layout.commitOffset());
    page.putLong(layout.dataOffset() + committed, 4711);
    int flags = PageLayout.MISSED_EVENTS | PageLayout.MISSED_STORED;
    page.putLong(layout.commitOffset(), (committed | flags) & 0xFFFF_FFFFL);
    PageCursor cursor = new PageCursor(layout);

    cursor.wrap(page, pageLength);

    assertThat(cursor.missedEvents()).isEqualTo(4711);
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.next()).isFalse();
    assertThat(cursor.malformation()).isNull();
  }

  private static PageLayout layoutOf(int pageLength) throws LayoutException {
    return PageLayout.parse(
        SyntheticPage.HEADER_PAGE.replace("4080", String.valueOf(pageLength - 16)));
  }

  private static UnsafeBuffer pageWith(PageLayout layout, byte[] payload) {
    UnsafeBuffer page = new UnsafeBuffer(new byte[layout.length()]);
    byte[] data = SyntheticPage.eventData(payload);
    page.putLong(layout.commitOffset(), HEADER_LENGTH + data.length);
    page.putInt(layout.dataOffset(), LONG_EVENT);
    page.putInt(layout.dataOffset() + Integer.BYTES, Integer.BYTES + data.length);
    page.putBytes(layout.dataOffset() + HEADER_LENGTH, data);
    return page;
  }

  private static byte[] payload(int length) {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (i % 251);
    }
    return payload;
  }
}
