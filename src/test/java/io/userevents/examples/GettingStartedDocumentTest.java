// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first page that a user reads shows commands, code and log lines that there are. */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class GettingStartedDocumentTest {

  private static final Path PROJECT = Path.of("..");
  private static final Path EXAMPLES = Path.of("test/java/io/userevents/examples");
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern ARTIFACT =
      Pattern.compile("`io\\.userevents:opentelemetry-exporter-user-events:([^`]+)`");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
  private static final Pattern COMMAND = Pattern.compile("\\./user-events (\\w+)");
  private static final Pattern PROPERTY = Pattern.compile("otel\\.exporter\\.user_events\\.(\\w+)");

  /** Between two pieces of a text that the source has in pieces. */
  private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");

  /** The values in a log line, which differ from line to line. */
  private static final Pattern VALUE =
      Pattern.compile("=[^\\s);]+|/\\S+|otlp_metrics|\\b\\d+\\b|\\.\\.\\.|: ");

  private String document;

  @BeforeEach
  void read() throws IOException {
    document = page("getting-started.md");
  }

  @Test
  void shouldShowTheCodeOfTheExample() throws IOException {
    String source = Files.readString(EXAMPLES.resolve("Shop.java"));

    assertThat(blocks("java")).containsExactly(source.substring(source.indexOf("import ")));
    assertThat(document).contains("examples/Shop.java");
  }

  @Test
  void shouldNameTheVersionThatTheReadmeNames() throws IOException {
    Matcher readme = ARTIFACT.matcher(Files.readString(PROJECT.resolve("README.md")));
    assertThat(readme.find()).isTrue();

    assertThat(VERSION.matcher(document).results().map(found -> found.group(1)))
        .as("the project's own version, and the exporter's")
        .containsExactly("1", readme.group(1));
  }

  @Test
  void shouldStartTheJavaagentAsThePageAboutTheConfigurationDoes() throws IOException {
    String configuration = page("configuration.md");

    assertThat(
            blocks("sh").stream()
                .filter(block -> block.startsWith("mvn ") && block.contains("-javaagent:")))
        .hasSize(1)
        .allSatisfy(block -> assertThat(configuration).contains("```sh\n" + block + "```"));
  }

  @Test
  void shouldNameCommandsThatThereAre() throws IOException {
    String commands = page("commands.md");

    assertThat(matches(COMMAND))
        .contains("doctor", "listen")
        .allSatisfy(name -> assertThat(commands).contains("\n## " + name + "\n"));
  }

  @Test
  void shouldNameSettingsThatThereAre() throws IOException {
    String configuration = page("configuration.md");

    assertThat(matches(PROPERTY))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(configuration).contains("`" + name + "`"));
  }

  @Test
  void shouldQuoteTheFailuresOfTheSetUp() {
    assertThat(blocks("text"))
        .contains(
            failure(Map.of("otel.metrics.exporter", "user_event")).replace("event", "events")
                + "\n",
            failure(
                    Map.of(
                        "otel.metrics.exporter", "user_events",
                        "otel.exporter.user_events.ring_slots", "7"))
                + "\n");
  }

  @Test
  void shouldQuoteLinesThatTheCodeLogs() throws IOException {
    String sources = sources();
    List<String> lines =
        blocks("text").stream().filter(line -> line.strip().contains("tracepoint")).toList();

    assertThat(lines)
        .hasSize(7)
        .allSatisfy(
            line -> {
              List<String> texts = texts(line);
              assertThat(texts).anyMatch(text -> text.length() > 15);
              assertThat(texts.stream().filter(text -> !sources.contains(text))).isEmpty();
            });
  }

  /** Returns the texts of a log line, without the values in it. */
  private static List<String> texts(String line) {
    return VALUE.splitAsStream(line).map(String::strip).filter(text -> text.length() > 2).toList();
  }

  /** Returns the sources of the libraries, with texts in one piece. */
  private static String sources() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (String module : List.of("linux/src", "pipeline/src", "src")) {
      try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("main"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          sources.append(Files.readString(file));
        }
      }
    }
    return CONCATENATION.matcher(sources).replaceAll("");
  }

  private static String failure(Map<String, String> properties) {
    Throwable failure =
        catchThrowable(
            () ->
                AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(
                        () -> Map.of("otel.traces.exporter", "none", "otel.logs.exporter", "none"))
                    .addPropertiesSupplier(() -> properties)
                    .build()
                    .getOpenTelemetrySdk()
                    .close());
    assertThat(failure).isNotNull();
    return String.valueOf(failure.getMessage());
  }

  private List<String> matches(Pattern pattern) {
    return pattern.matcher(document).results().map(found -> found.group(1)).distinct().toList();
  }

  private List<String> blocks(String language) {
    return BLOCK
        .matcher(document)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map((MatchResult block) -> block.group(2))
        .collect(Collectors.toList());
  }

  private static String page(String name) throws IOException {
    return Files.readString(PROJECT.resolve("docs").resolve(name));
  }
}
