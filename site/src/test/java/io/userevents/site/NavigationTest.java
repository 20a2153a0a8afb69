// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NavigationTest {

  private static final Path DOCS = Path.of("../docs");

  /**
   * Pages that hooks.py makes: of README.md, CONTRIBUTING.md, CHANGELOG.md, the list of packages.
   */
  private static final List<String> MADE =
      List.of("index.md", "contributing.md", "changelog.md", "javadoc.md");

  @Test
  void shouldLeadToEachPageOnce() throws IOException {
    JsonNode configuration = new YAMLMapper().readTree(Path.of("src/mkdocs/mkdocs.yml").toFile());
    List<String> reached = new ArrayList<>();
    collect(configuration.path("nav"), reached);

    assertThat(reached)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    MADE.stream(),
                    ProjectFiles.below(DOCS, List.of(".md")).stream().map(Path::toString))
                .toList());
  }

  private static void collect(JsonNode node, List<String> pages) {
    if (node.isTextual()) {
      pages.add(node.textValue());
    }
    node.forEach(child -> collect(child, pages));
  }
}
