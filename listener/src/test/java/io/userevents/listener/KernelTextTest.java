// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What the kernel says about its layouts and counters, in its own words. */
class KernelTextTest {

  @Test
  void shouldUnderstandHeaderPage() throws Exception {
    assertThat(PageLayout.parse(SyntheticPage.HEADER_PAGE)).isEqualTo(SyntheticPage.LAYOUT);
  }

  @Test
  void shouldTakePageLengthFromHeaderPage() throws Exception {
    PageLayout layout = PageLayout.parse(SyntheticPage.HEADER_PAGE.replace("4080", "16368"));

    assertThat(layout.length()).isEqualTo(16384);
  }

  @Test
  void shouldRefuseHeaderPageWithoutData() {
    String text = SyntheticPage.HEADER_PAGE.replace("data;", "other;");

    assertThatThrownBy(() -> PageLayout.parse(text))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("field data")
        .hasMessageContaining("char other");
  }

  @Test
  void shouldRefuseHeaderPageWhoseFieldsOverlap() {
    assertThatThrownBy(() -> PageLayout.parse(SyntheticPage.HEADER_PAGE.replace("16;", "12;")))
        .isInstanceOf(ListenerException.class);
  }

  @Test
  void shouldUnderstandFormat() throws Exception {
    assertThat(EventFormat.parse(SyntheticPage.EVENT_FORMAT)).isEqualTo(SyntheticPage.FORMAT);
  }

  @Test
  void shouldDoWithoutProtocol() throws Exception {
    EventFormat format = EventFormat.parse(SyntheticPage.EVENT_FORMAT.replace("protocol", "kind"));

    assertThat(format.protocolOffset()).isEqualTo(EventFormat.NONE);
  }

  @Test
  void shouldRefuseFormatWhoseBufferIsNoRelLoc() {
    String text = SyntheticPage.EVENT_FORMAT.replace("__rel_loc", "__data_loc");

    assertThatThrownBy(() -> EventFormat.parse(text))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("__rel_loc");
  }

  @Test
  void shouldRefuseFormatWithoutId() {
    assertThatThrownBy(() -> EventFormat.parse("name: otlp_metrics"))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("ID");
  }

  @Test
  void shouldRefuseFieldOfOtherSize() {
    String text = SyntheticPage.EVENT_FORMAT.replace("offset:4;\tsize:4", "offset:4;\tsize:8");

    assertThatThrownBy(() -> EventFormat.parse(text))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("common_pid has size 8");
  }

  @Test
  void shouldUnderstandStatisticsOfOneCpu() {
    String stats =
        """
        entries: 3
        overrun: 40
        commit overrun: 5
        bytes: 4096
        oldest event ts:    12.000000
        now ts:    13.994910
        dropped events: 600
        read events: 7000
        """;

    KernelStatistics statistics = KernelStatistics.parse(stats);

    assertThat(statistics).isEqualTo(new KernelStatistics(3, 40, 5, 600, 7000));
    assertThat(statistics.lost()).isEqualTo(645);
    assertThat(statistics.plus(statistics).readEvents()).isEqualTo(14000);
  }
}
