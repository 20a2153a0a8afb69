// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's code compiles, and its command line has the options that a test uses. */
class ReadmeTest {

  private static final Path README = Path.of("../README.md");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern SHELL = Pattern.compile("(?s)```sh\nmvn .*?\n(java .*?)```");
  private static final Pattern OPTION = Pattern.compile("-D?(javaagent|otel[.a-z]+)[:=]");
  private static final String IMPORTS =
      """
      import io.opentelemetry.sdk.metrics.*;
      import io.opentelemetry.sdk.metrics.export.*;
      """;

  @TempDir private Path classes;

  static Stream<String> snippets() throws IOException {
    return JAVA.matcher(Files.readString(README)).results().map(match -> match.group(1));
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void shouldCompile(String snippet) {
    String imports =
        snippet
            .lines()
            .filter(line -> line.startsWith("import "))
            .collect(Collectors.joining("\n"));
    String code =
        snippet
            .lines()
            .filter(line -> !line.startsWith("import "))
            .collect(Collectors.joining("\n"));
    String source =
        IMPORTS + imports + "\nclass Snippet { void run() throws Exception {\n" + code + "}}";
    StringWriter messages = new StringWriter();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    boolean isCompiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))),
                null,
                List.of(new Source(source)))
            .call();

    assertThat(isCompiled).as("%s%n%s", messages, source).isTrue();
  }

  @Test
  void shouldStartTheJavaagentAsTheTestedServerDoes() throws IOException {
    List<String> commands =
        SHELL.matcher(Files.readString(README)).results().map(match -> match.group(1)).toList();
    String server =
        Files.readString(
            Path.of("../javaagent/src/test/java/io/userevents/examples/OrdersServer.java"));

    assertThat(commands).hasSize(1);
    assertThat(OPTION.matcher(commands.get(0)).results().map(match -> match.group()).toList())
        .containsExactly("-javaagent:", "-Dotel.javaagent.extensions=", "-Dotel.metrics.exporter=")
        .allSatisfy(option -> assertThat(server).contains(option));
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(String text) {
      super(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
