// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The modules that a release deploys, the bill of materials, and the page about releases. */
final class PublishedModulesTest {

  private static final Path ROOT = Path.of("..");
  private static final Set<String> NOT_JARS = Set.of("user-events-bom", "user-events-dist");

  @Test
  void shouldManageEachPublishedJarInTheBillOfMaterials() throws Exception {
    Set<String> jars = published();
    assertThat(jars).containsAll(NOT_JARS);
    jars.removeAll(NOT_JARS);

    String managed = between(read(ROOT.resolve("bom/pom.xml")), "dependencyManagement");

    assertThat(all("<artifactId>([^<]+)<", managed)).isNotEmpty().isEqualTo(jars);
  }

  @Test
  void shouldNameEachPublishedArtifactInTheDocument() throws Exception {
    String section =
        between(read(Archive.DOCUMENTS.resolve("releasing.md")), "## Published artifacts", "\n## ");

    String names = String.join(" ", all("(?s)\n- ([^:]+):", section));
    assertThat(all("`([^`]+)`", names)).isEqualTo(published());
  }

  private static Set<String> published() throws IOException {
    Set<String> artifacts = new TreeSet<>();
    try (Stream<Path> folders = Files.list(ROOT)) {
      for (Path pom : folders.map(folder -> folder.resolve("pom.xml")).toList()) {
        if (Files.exists(pom) && read(pom).contains("<unpublished>false</unpublished>")) {
          artifacts.addAll(all("\n  <artifactId>([^<]+)<", read(pom)));
        }
      }
    }
    return artifacts;
  }

  private static String between(String pom, String element) {
    return between(pom, "<" + element + ">", "</" + element + ">");
  }

  private static String between(String text, String begin, String end) {
    int first = text.indexOf(begin) + begin.length();
    assertThat(text).contains(begin);
    return text.substring(first, text.indexOf(end, first));
  }

  private static Set<String> all(String pattern, String text) {
    Set<String> found = new TreeSet<>();
    Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
    return found;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }
}
