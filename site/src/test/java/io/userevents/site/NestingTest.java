// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Blocks within the items of a list are indented by four spaces for each level. GitHub needs fewer,
 * but the site's generator takes them for blocks after the list.
 */
class NestingTest {

  private static final Path PROJECT = Path.of("..");

  @TempDir private Path folder;

  @Test
  void shouldIndentBlocksInListsByFourSpaces() {
    List<String> pages =
        ProjectFiles.below(PROJECT, List.of(".md")).stream()
            .filter(page -> page.startsWith("docs") || page.getNameCount() == 1)
            .flatMap(
                page ->
                    MarkdownPage.of(PROJECT.resolve(page)).flatBlocks().stream()
                        .map(line -> page + ":" + line))
            .toList();

    assertThat(pages).isEmpty();
  }

  @Test
  void shouldFindBlocksThatAreIndentedLess() throws IOException {
    Path page =
        Files.writeString(
            folder.resolve("page.md"),
            """
            - item
              lazy line
              - flat
            - item
                - nested

            1. item

               flat

            2. item

                nested
            3. item
            """);

    assertThat(MarkdownPage.of(page).flatBlocks()).containsExactly(3, 9, 14);
  }
}
