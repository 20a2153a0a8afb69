// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.listener.TracepointListenerBuilder;
import io.userevents.listener.file.EventFileBuilder;
import io.userevents.tracepoint.EventLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/reading.md} shows the code that is compiled here, and the values that there are. */
class ReadingDocumentTest {

  private static final Path DOC = Path.of("../docs/reading.md");
  private static final Path SOURCES = Path.of("src/test/java/io/userevents/examples");

  @Test
  void shouldShowTheAgent() throws Exception {
    assertShown("MetricsAgent.java", "    try (TracepointListener listener");
  }

  @Test
  void shouldShowHowToReadAFile() throws Exception {
    assertShown("MetricsFile.java", "    try (EventFile file");
  }

  @Test
  void shouldShowHowToWriteAFile() throws Exception {
    assertShown("MetricsFile.java", "    try (TracepointListener listener");
  }

  private static void assertShown(String source, String begin) throws Exception {
    String text = Files.readString(SOURCES.resolve(source));
    int first = text.indexOf(begin);
    int last = text.indexOf("\n    }\n", first);
    assertThat(last).isGreaterThan(first);
    String code =
        text.substring(first, last)
            .lines()
            .map(line -> line.substring(Math.min(4, line.length())) + "\n")
            .collect(Collectors.joining());

    assertThat(Files.readString(DOC)).contains("```java\n" + code + "}\n```");
  }

  @Test
  void shouldNameTheMemoryOfFiles() throws Exception {
    assertThat(Files.readString(DOC))
        .contains(
            String.format(Locale.ROOT, "%,d KiB", EventFileBuilder.DEFAULT_SORT_BUFFER_SIZE_KB));
  }

  @Test
  void shouldNameTheDefaultsAndLimits() throws Exception {
    assertThat(Files.readString(DOC))
        .contains(
            String.format(
                Locale.ROOT, "%,d KiB", TracepointListenerBuilder.DEFAULT_TOTAL_BUFFER_SIZE_KB))
        .contains(String.format(Locale.ROOT, "%,d bytes", EventLayout.MAX_LENGTH_PERF))
        .contains(String.format(Locale.ROOT, "%,d bytes", EventLayout.MAX_LENGTH_FTRACE));
  }
}
