// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages can be read at one sitting, and beside an editor or a diff. */
class DocumentSizeTest {

  private static final Path PROJECT = Path.of("..");

  /** Lines of a page. */
  private static final int MAX_LINES = 299;

  /** Characters of a line. */
  private static final int MAX_LENGTH = 120;

  static List<Path> pages() throws IOException {
    List<Path> pages =
        new ArrayList<>(
            Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
                .map(PROJECT::resolve)
                .toList());
    try (Stream<Path> documents = Files.walk(PROJECT.resolve("docs"))) {
      documents.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void shouldBeShortAndHaveShortLines(Path page) throws IOException {
    assertThat(excesses(Files.readAllLines(page))).as(page.toString()).isEmpty();
  }

  @Test
  void shouldFindEveryPage() throws IOException {
    assertThat(pages())
        .contains(PROJECT.resolve("docs/tuning.md"), PROJECT.resolve("docs/pictures/README.md"));
  }

  @Test
  void shouldFindALineThatIsTooLong() {
    List<String> lines = List.of("a".repeat(MAX_LENGTH), "µ".repeat(MAX_LENGTH), "a".repeat(121));

    assertThat(excesses(lines)).containsExactly("line 3 has 121 characters");
  }

  @Test
  void shouldFindAPageThatIsTooLong() {
    assertThat(excesses(Collections.nCopies(MAX_LINES, "a"))).isEmpty();
    assertThat(excesses(Collections.nCopies(300, "a"))).containsExactly("300 lines");
  }

  @Test
  void shouldFindARowOfATableThatIsTooLong() {
    assertThat(excesses(List.of("| a |", "| " + "a".repeat(117) + " |")))
        .containsExactly("line 2 has 121 characters");
  }

  private static List<String> excesses(List<String> lines) {
    List<String> excesses = new ArrayList<>();
    if (lines.size() > MAX_LINES) {
      excesses.add(lines.size() + " lines");
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int length = line.codePointCount(0, line.length());
      if (length > MAX_LENGTH) {
        excesses.add("line " + (i + 1) + " has " + length + " characters");
      }
    }
    return excesses;
  }
}
