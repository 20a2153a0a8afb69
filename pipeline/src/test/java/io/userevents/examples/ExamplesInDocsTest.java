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
  private static final Path DOCS = Path.of("../docs");

  @Test
  void shouldShowTheDutyCycleOfTheTradingLoop() throws Exception {
    assertShown("TradingLoop.java", "  @Override\n  public void run() {\n", "\n  }\n");
  }

  @Test
  void shouldShowHowPipelinesShareAThread() throws Exception {
    assertShown("SharedThread.java", "    agents =\n", "AgentRunner.startOnThread(runner);\n");
  }

  private static void assertShown(String source, String begin, String end) throws Exception {
    String text = Files.readString(SOURCES.resolve(source));
    int first = text.indexOf(begin);
    assertThat(first).as(begin).isNotNegative();
    int last = text.indexOf(end, first);
    assertThat(last).as(end).isNotNegative();

    assertThat(Files.readString(DOCS.resolve("tuning.md")))
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
