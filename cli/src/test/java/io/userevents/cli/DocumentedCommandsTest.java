// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.userevents.cli.console.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command understands each of its command lines in the documents. */
final class DocumentedCommandsTest {

  private static final Path PROJECT = Path.of("..");
  private static final Pattern SHELL = Pattern.compile("(?s)```sh\n(.*?)```");
  private static final Pattern COMMAND =
      Pattern.compile("^(?:sudo )?\\.?[A-Za-z/-]*user-events (?=[a-z-])(.*)$");

  static Stream<String> commandLines() throws IOException {
    try (Stream<Path> pages = Files.walk(PROJECT.resolve("docs"))) {
      return Stream.concat(Stream.of(PROJECT.resolve("README.md")), pages)
          .filter(page -> page.toString().endsWith(".md"))
          .toList()
          .stream()
          .flatMap(DocumentedCommandsTest::commandLinesOf);
    }
  }

  private static Stream<String> commandLinesOf(Path page) {
    try {
      return SHELL
          .matcher(Files.readString(page))
          .results()
          .flatMap(block -> block.group(1).replace("\\\n", " ").lines())
          .map(line -> COMMAND.matcher(line.strip()))
          .flatMap(matcher -> matcher.results())
          .map(DocumentedCommandsTest::argumentsOf);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Without a comment, a redirection and commands behind it. */
  private static String argumentsOf(MatchResult command) {
    return command.group(1).replaceFirst("(^| )[#|>&;].*", "").strip();
  }

  @ParameterizedTest
  @MethodSource("commandLines")
  void shouldUnderstand(String arguments) {
    assertThatCode(
            () -> UserEvents.commandLine(new StopSignal()).parseArgs(arguments.split("\\s+")))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldFindTheCommandLinesOfTheReadme() {
    List<String> found = commandLinesOf(PROJECT.resolve("README.md")).toList();

    assertThat(found).contains("demo", "listen", "forward http://collector:4318");
  }
}
