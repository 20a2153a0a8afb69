// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Tests with the kernel's own descriptions of its layouts. */
class LayoutTextTest {

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
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("field data")
        .hasMessageContaining("char other");
  }

  @Test
  void shouldRefuseHeaderPageWhoseFieldsOverlap() {
    assertThatThrownBy(() -> PageLayout.parse(SyntheticPage.HEADER_PAGE.replace("16;", "12;")))
        .isInstanceOf(LayoutException.class);
  }

  @Test
  void shouldUnderstandFormat() throws Exception {
    assertThat(EventFormat.parse("otlp_metrics", SyntheticPage.EVENT_FORMAT))
        .isEqualTo(SyntheticPage.FORMAT);
  }

  @Test
  void shouldDoWithoutProtocol() throws Exception {
    EventFormat format =
        EventFormat.parse("otlp_metrics", SyntheticPage.EVENT_FORMAT.replace("protocol", "kind"));

    assertThat(format.protocolOffset()).isEqualTo(EventFormat.NONE);
  }

  @Test
  void shouldUnderstandFormatWhoseBufferCountsFromTheEvent() throws Exception {
    String text = SyntheticPage.EVENT_FORMAT.replace("__rel_loc", "__data_loc");

    EventFormat format = EventFormat.parse("otlp_metrics", text);

    assertThat(format.locOffset()).isEqualTo(20);
    assertThat(format.locBase()).isZero();
  }

  /** The declaration is {@code u32 protocol;char[8] version;u8 __rel_loc; u8[] buffer}. */
  @Test
  void shouldUnderstandFormatWhoseRelLocIsAFieldOfItsOwn() throws Exception {
    String text =
        SyntheticPage.EVENT_FORMAT.replace(
            "\tfield:__rel_loc u8 buffer[];\toffset:20;\tsize:4;\tsigned:1;\n",
            """
            \tfield:u8 __rel_loc;\toffset:20;\tsize:1;\tsigned:0;
            \tfield:u8 buffer[];\toffset:21;\tsize:0;\tsigned:0;
            """);
    assertThat(text).contains("u8 __rel_loc");

    assertThat(EventFormat.parse("otlp_metrics", text))
        .usingRecursiveComparison()
        .ignoringFields("text")
        .isEqualTo(SyntheticPage.FORMAT);
  }

  /** The declaration is the name alone. */
  @Test
  void shouldTakeAFormatWithoutFieldsForOneOfTheCppExporterIfItsNameSaysSo() throws Exception {
    String text = SyntheticPage.EVENT_FORMAT.replaceAll("(?m)^.*offset:(8|12|20);.*\n", "");

    assertThat(EventFormat.parse("otlp_metrics", text))
        .isEqualTo(
            new EventFormat(
                "otlp_metrics",
                464,
                0,
                4,
                EventFormat.NONE,
                8,
                EventFormat.LENGTH_FIRST,
                12,
                text));
    assertThatThrownBy(() -> EventFormat.parse("heartbeat", text))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("another program has registered the name");
  }

  @Test
  void shouldRefuseFormatWhoseBufferIsNoRelLocAndShowIt() {
    String text = SyntheticPage.EVENT_FORMAT.replace("__rel_loc u8 buffer[]", "u32 buffer");

    assertThatThrownBy(() -> EventFormat.parse("otlp_metrics", text))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("__rel_loc u8[] buffer")
        .hasMessageContaining("field:u32 buffer;")
        .hasMessageContaining("another program has registered the name");
  }

  @Test
  void shouldRefuseFormatWithoutId() {
    assertThatThrownBy(() -> EventFormat.parse("otlp_metrics", "name: otlp_metrics"))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("ID");
  }

  @Test
  void shouldRefuseFieldOfOtherSize() {
    String text = SyntheticPage.EVENT_FORMAT.replace("offset:4;\tsize:4", "offset:4;\tsize:8");

    assertThatThrownBy(() -> EventFormat.parse("otlp_metrics", text))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("common_pid has size 8");
  }
}
