// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the documents link to existing examples. */
class ExamplesDocumentTest {

  private static final Path PROJECT = Path.of("..");
  private static final Path SERVER =
      PROJECT.resolve("javaagent/src/test/java/io/userevents/examples/OrdersServer.java");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^()]*/examples/[^()]*\\.java)\\)");

  @Test
  void shouldLinkEachExampleFromTheReadme() throws IOException {
    String readme = Files.readString(PROJECT.resolve("README.md"));

    assertThat(LINK.matcher(readme).results().map(link -> link.group(1)).toList())
        .contains("src/test/java/io/userevents/examples/PlainSdk.java")
        .filteredOn(link -> !link.startsWith("services/"))
        .containsExactlyInAnyOrderElementsOf(examples());
  }

  @Test
  void shouldHaveTheCommandThatRunsTheServerUnderTheJavaagent() throws IOException {
    String source = Files.readString(SERVER);
    String command =
        source
            .substring(source.indexOf("<pre>") + "<pre>".length(), source.indexOf("\n * </pre>"))
            .replace("\n * ", "\n");

    assertThat(command).contains("OrdersServer");
    assertThat(Files.readString(PROJECT.resolve("docs/configuration.md")))
        .contains("```sh" + command + "\n```");
  }

  /** Returns the examples of all modules, as paths in the project. */
  private static List<String> examples() throws IOException {
    try (Stream<Path> modules = Files.list(PROJECT)) {
      return modules
          .flatMap(module -> Stream.of(module.resolve("src/test"), module.resolve("test")))
          .map(tests -> tests.resolve("java/io/userevents/examples"))
          .filter(Files::isDirectory)
          .flatMap(ExamplesDocumentTest::filesIn)
          .filter(file -> !file.getFileName().toString().matches("package-info.java|.*Test.java"))
          .map(file -> PROJECT.relativize(file).toString())
          .toList();
    }
  }

  private static Stream<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
