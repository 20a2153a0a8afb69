// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTextTest {

  @Test
  void shouldMakeOneLineOfText() {
    assertThat(PrintableText.line("  a\r\n\tb \u00a0 c\u2028d  ", 100)).isEqualTo("a b c d");
    assertThat(PrintableText.line("\n", 100)).isEmpty();
    assertThat(PrintableText.line("", 100)).isEmpty();
  }

  @Test
  void shouldLeaveOutCharactersThatChangeATerminal() {
    assertThat(PrintableText.line("a\u001b[31mb\u009b1m\u202ec\u0000d\ud800e", 100))
        .isEqualTo("a [31mb 1m c d e");
  }

  @Test
  void shouldKeepTextOfOtherLanguages() {
    assertThat(PrintableText.line("größer 東京 \ud83d\ude00", 100))
        .isEqualTo("größer 東京 \ud83d\ude00");
  }

  @Test
  void shouldCutWithoutHalvingACharacter() {
    assertThat(PrintableText.line("abcdef", 6)).isEqualTo("abcdef");
    assertThat(PrintableText.line("abcdefg", 6)).isEqualTo("abc...");
    assertThat(PrintableText.line("ab\ud83d\ude00\ud83d\ude00", 5)).isEqualTo("ab...");
    assertThat(PrintableText.line("ab\ud83d\ude00defgh", 6)).isEqualTo("ab...");
    for (int length = 4; length < 40; length++) {
      assertThat(PrintableText.line("\ud83d\ude00 ".repeat(40), length))
          .hasSizeLessThanOrEqualTo(length)
          .endsWith("...");
    }
  }
}
