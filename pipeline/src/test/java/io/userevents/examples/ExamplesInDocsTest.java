// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The documents show the code that the tests run. */
class ExamplesInDocsTest {

  private static final Path SOURCES = Path.of("src/test/java/io/userevents/examples");
  private static final Path SOURCES_OF_EXPORTER =
      Path.of("../src/test/java/io/userevents/examples");
  private static final Path DOC = Path.of("../docs/embedding.md");

  @Test
  void shouldShowTheDutyCycleOfTheTradingLoop() throws Exception {
    assertShown("TradingLoop.java", "  @Override\n  public void run() {\n", "\n  }\n");
  }

  @Test
  void shouldShowHowPipelinesShareAThread() throws Exception {
    assertShown("SharedThread.java", "    agents =\n", "AgentRunner.startOnThread(runner);\n");
  }

  @Test
  void shouldShowHowTheMatchingEngineBuildsItsPipeline() throws Exception {
    assertShown(
        SOURCES_OF_EXPORTER, "MatchingEngine.java", "    pipeline =\n", "            .build();\n");
  }

  private static void assertShown(String source, String begin, String end) throws Exception {
    assertShown(SOURCES, source, begin, end);
  }

  private static void assertShown(Path sources, String source, String begin, String end)
      throws Exception {
    String text = Files.readString(sources.resolve(source));
    int first = text.indexOf(begin);
    assertThat(first).as(begin).isNotNegative();
    int last = text.indexOf(end, first);
    assertThat(last).as(end).isNotNegative();

    assertThat(Files.readString(DOC))
        .contains("```java\n" + unindented(text.substring(first, last) + end) + "```")
        .contains("examples/" + source);
  }

  /** Without the margin of the first line. */
  private static String unindented(String code) {
    int margin = code.length() - code.stripLeading().length();
    return code.lines()
        .map(line -> line.substring(Math.min(margin, line.length())) + "\n")
        .collect(Collectors.joining());
  }
}
