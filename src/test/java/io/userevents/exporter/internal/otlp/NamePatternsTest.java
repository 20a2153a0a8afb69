// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NamePatternsTest {

  @Test
  void shouldMatchNamesAndWildcards() {
    NamePatterns patterns = NamePatterns.of(List.of("process.command_args", "os.*", "k8s.?od"));

    assertThat(patterns.matches("process.command_args")).isTrue();
    assertThat(patterns.matches("os.type")).isTrue();
    assertThat(patterns.matches("os.")).isTrue();
    assertThat(patterns.matches("k8s.pod")).isTrue();
    assertThat(patterns.matches("process.command")).isFalse();
    assertThat(patterns.matches("process.command_args.more")).isFalse();
    assertThat(patterns.matches("os")).isFalse();
    assertThat(patterns.matches("OS.type")).isFalse();
    assertThat(patterns.matches("k8s.od")).isFalse();
    assertThat(patterns.matches("")).isFalse();
  }

  @Test
  void shouldMatchNothingWithoutPatterns() {
    assertThat(NamePatterns.of(List.of())).isSameAs(NamePatterns.NONE);
    assertThat(NamePatterns.NONE.matches("")).isFalse();
    assertThat(NamePatterns.NONE.matches("service.name")).isFalse();
  }

  @Test
  void shouldRefuseBlankPatterns() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamePatterns.of(List.of("a", " ")))
        .withMessageContaining("patterns=[a,  ]");
  }

  @Test
  void shouldMatchLikeTheSameRegularExpression() {
    Random random = new Random(3);
    int matches = 0;
    for (int run = 0; run < 20_000; run++) {
      String pattern = text(random, "ab*?", 1 + random.nextInt(6));
      String name = text(random, "ab", random.nextInt(8));
      String expression =
          pattern
              .chars()
              .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : String.valueOf((char) c))
              .collect(Collectors.joining());

      boolean isMatch = NamePatterns.of(List.of(pattern)).matches(name);

      assertThat(isMatch).as("%s %s", pattern, name).isEqualTo(Pattern.matches(expression, name));
      matches += isMatch ? 1 : 0;
    }
    assertThat(matches).isBetween(1000, 19_000);
  }

  @Test
  void shouldNotTakeForeverForManyStars() {
    NamePatterns patterns = NamePatterns.of(List.of("a*".repeat(1000) + "b"));

    assertThat(patterns.matches("a".repeat(5000))).isFalse();
  }

  private static String text(Random random, String letters, int length) {
    return random
        .ints(length, 0, letters.length())
        .mapToObj(i -> letters.substring(i, i + 1))
        .collect(Collectors.joining());
  }
}
