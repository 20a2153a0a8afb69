// SPDX-License-Identifier: Apache-2.0
package io.userevents.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page about Spring Boot shows what the tests of this module run. */
@SuppressWarnings("NullAway.Init")
final class SpringBootDocumentTest {

  private static final Path DOCUMENT = Path.of("..", "..", "docs", "spring-boot.md");
  private static final Path SERVICES = Path.of("..");
  private static final Path RESOURCES = SERVICES.resolve("spring-boot/src/main/resources");
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern VERSION_OF_ROW =
      Pattern.compile("^\\| (\\d\\S*) \\| `(\\S+)` \\| (\\S+) \\| (\\S+) \\|$", Pattern.MULTILINE);

  private String document;

  @BeforeEach
  void read() throws IOException {
    document = Files.readString(DOCUMENT);
  }

  @Test
  void shouldShowTheFilesThatTheServiceIsSetUpBy() throws IOException {
    assertThat(blocks("yaml"))
        .containsExactly(
            Files.readString(RESOURCES.resolve("application.yaml")),
            Files.readString(RESOURCES.resolve("declarative/application.yaml")));
  }

  @Test
  void shouldShowTheDependenciesThatTheServiceIsBuiltWith() throws IOException {
    String pom = uniform(Files.readString(SERVICES.resolve("spring-boot-4/pom.xml")));

    assertThat(blocks("xml")).hasSize(2).allSatisfy(xml -> assertThat(pom).contains(uniform(xml)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "4"})
  void shouldNameTheVersionsThatAreRun(String generation) throws IOException {
    Path module = SERVICES.resolve("spring-boot-" + generation);
    String pom = uniform(Files.readString(module.resolve("pom.xml")));
    String classPath = Files.readString(module.resolve("target/class-path"));

    List<MatchResult> rows =
        VERSION_OF_ROW
            .matcher(document)
            .results()
            .filter(row -> row.group(1).startsWith(generation + "."))
            .toList();
    assertThat(rows).hasSize(1);
    MatchResult row = rows.get(0);
    assertThat(classPath)
        .contains("/spring-boot-" + row.group(1) + ".jar")
        .contains("/opentelemetry-spring-boot-starter-" + row.group(3) + ".jar")
        .contains("/opentelemetry-sdk-metrics-" + row.group(4) + ".jar");
    assertThat(pom).contains("<artifactId>" + row.group(2) + "</artifactId>");
  }

  private List<String> blocks(String language) {
    return BLOCK
        .matcher(document)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** Without comments, and without the space between elements. */
  private static String uniform(String xml) {
    Matcher comments = Pattern.compile("<!--.*?-->", Pattern.DOTALL).matcher(xml);
    return comments.replaceAll("").replaceAll("\\s+", "");
  }
}
