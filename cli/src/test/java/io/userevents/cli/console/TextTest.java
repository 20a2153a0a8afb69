// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1, 1",
    "-2.50, -2.5",
    "100, 100",
    "0.1234567, 0.12346",
    "0.0001, 0.0001",
    "0.00001, 1.0E-5",
    "12345.678, 12346",
    "1234567.8, 1234568",
    "1e14, 100000000000000",
    "-1e15, -1.0E15",
    "1.7976931348623157e308, 1.7976931348623157E308",
    "4.9e-324, 4.9E-324",
    "NaN, NaN",
    "-Infinity, -Infinity"
  })
  void shouldWriteNumbersShortly(double value, String text) {
    assertThat(Text.number(value)).isEqualTo(text);
  }

  @Test
  void shouldReplaceControlCharacters() {
    assertThat(Text.printable("a\u001b[2Jb\nc\u0085")).isEqualTo("a\\u001b[2Jb\\u000ac\\u0085");
    assertThat(Text.printable("größe €")).isEqualTo("größe €");
  }

  @Test
  void shouldReplaceWhatHidesOrChangesDirection() {
    assertThat(Text.printable("a\u202eb\u2066c")).isEqualTo("a\\u202eb\\u2066c");
    assertThat(Text.printable("a\u200bb\u200dc\ufeff")).isEqualTo("a\\u200bb\\u200dc\\ufeff");
    assertThat(Text.printable("a\u2028b\u3164c\ufe0f")).isEqualTo("a\\u2028b\\u3164c\\ufe0f");
    assertThat(Text.printable("\ud800x\udb40\udc41")).isEqualTo("\\ud800x\\u{e0041}");
    assertThat(Text.printable("日本 e\u0301 😀")).isEqualTo("日本 e\u0301 😀");
  }

  @Test
  void shouldReplaceMarksWithoutALetter() {
    assertThat(Text.printable("\u0301a")).isEqualTo("\\u0301a");
    assertThat(Text.printable("a\u200b\u0301")).isEqualTo("a\\u200b\\u0301");
  }

  @Test
  void shouldReplaceMoreMarksThanALanguagePutsOnALetter() {
    assertThat(Text.printable("a" + "\u0301".repeat(10) + "b\u0301"))
        .isEqualTo("a" + "\u0301".repeat(8) + "\\u0301\\u0301" + "b\u0301");
  }

  @Test
  void shouldKeepPartsOfHangulOnlyBehindALetterOfIt() {
    String decomposed = "\u1112\u1161\u11ab";
    assertThat(Text.printable(decomposed)).isEqualTo(decomposed);
    assertThat(Text.printable("a\u1161")).isEqualTo("a\\u1161");
    assertThat(Text.printable("\uac00" + "\u1161".repeat(9)))
        .isEqualTo("\uac00" + "\u1161".repeat(8) + "\\u1161");
  }

  @Test
  void shouldTakeWhatIsBeforeTheAdvice() {
    assertThat(Text.firstClause("it failed: errno=2; do this; or that"))
        .isEqualTo("it failed: errno=2");
    assertThat(Text.firstClause("it failed")).isEqualTo("it failed");
  }
}
