// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CutTextTest {

  @Test
  void shouldEndWithTheMark() {
    assertThat(CutText.cut("-Xmx512m -jar orders.jar", 11)).isEqualTo("-Xmx512m…");
  }

  @Test
  void shouldKeepCodePointsWhole() {
    // é takes two bytes in UTF-8, € three, the emoji four; the mark three.
    assertThat(CutText.cut("éé", 6)).isEqualTo("é…");
    assertThat(CutText.cut("€€", 8)).isEqualTo("€…");
    assertThat(CutText.cut("😀😀", 10)).isEqualTo("😀…");
    assertThat(CutText.cut("😀😀", 6)).isEqualTo("…");
    assertThat(CutText.cut("\ud83d\ud83d\ud83d\ud83d", 5)).isEqualTo("\ud83d\ud83d…");
  }

  @Test
  void shouldBeEmptyWithoutRoomForTheMark() {
    assertThat(CutText.cut("text", 2)).isEmpty();
    assertThat(CutText.cut("text", -1)).isEmpty();
    assertThat(CutText.cut("text", 3)).isEqualTo("…");
  }

  @Test
  void shouldNeverBeLongerThanAllowedNorShorterThanNeeded() {
    Random random = new Random(7);
    String[] pieces = {"a", "é", "€", "😀", "\ud83d", "\ude00"};
    for (int run = 0; run < 2000; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      String whole = text.toString();
      int length = ProtoWriter.utf8Length(whole);
      int allowed = 3 + random.nextInt(length);

      String cut = CutText.cut(whole, allowed);

      String kept = cut.substring(0, cut.length() - 1);
      assertThat(whole).startsWith(kept);
      assertThat(ProtoWriter.utf8Length(cut))
          .isEqualTo(cut.getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(allowed);
      if (kept.length() < whole.length()) {
        int next = whole.offsetByCodePoints(kept.length(), 1);
        assertThat(ProtoWriter.utf8Length(whole.substring(0, next) + CutText.MARK))
            .isGreaterThan(allowed);
      }
    }
  }
}
