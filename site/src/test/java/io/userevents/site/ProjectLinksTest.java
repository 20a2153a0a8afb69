// SPDX-License-Identifier: Apache-2.0
package io.userevents.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every page and every anchor that the project's own files point to exists. */
class ProjectLinksTest {

  private static final Path PROJECT = Path.of("..");

  /** A page or picture below docs, in a comment, a message or a configuration file. */
  private static final Pattern MENTION =
      Pattern.compile("(?<![\\w/.-])(docs/[\\w./-]+\\.(?:md|yaml|svg|png))(?:#([\\w-]+))?");

  /** Pages of OpenTelemetry's semantic conventions and of its protocol. */
  private static final Set<String> OF_OTHER_PROJECTS =
      Set.of("docs/otel/sdk-metrics.md", "docs/specification.md");

  private static final List<String> SOURCES =
      List.of(".java", ".xml", ".yaml", ".yml", ".sh", ".py", ".service", ".conf", ".env", "file");

  private final LinkCheck links = new LinkCheck(PROJECT);

  @Test
  void shouldHaveNoDeadLinkInAPage() {
    List<Path> pages = ProjectFiles.below(PROJECT, List.of(".md"));

    assertThat(pages)
        .contains(
            Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("docs/configuration.md"));
    assertThat(links.deadLinks(pages.stream().map(PROJECT::resolve).toList())).isEmpty();
  }

  @Test
  void shouldMentionOnlyPagesAndAnchorsThatExistInSources() throws IOException {
    List<Path> sources = ProjectFiles.below(PROJECT, SOURCES);
    List<String> mentions = new ArrayList<>();
    List<String> dead = new ArrayList<>();
    for (Path source : sources) {
      if (source.startsWith("site/src/test")) {
        continue;
      }
      Matcher mention = MENTION.matcher(Files.readString(PROJECT.resolve(source)));
      while (mention.find()) {
        String cause = links.deadPath(Path.of(mention.group(1)), mention.group(2));
        mentions.add(mention.group());
        if (!cause.isEmpty() && !OF_OTHER_PROJECTS.contains(mention.group(1))) {
          dead.add(source + " mention=" + mention.group() + " cause=" + cause);
        }
      }
    }

    assertThat(dead).isEmpty();
    assertThat(mentions).contains("docs/permissions.md", "docs/operations.md#the-endpoint-is-away");
  }
}
