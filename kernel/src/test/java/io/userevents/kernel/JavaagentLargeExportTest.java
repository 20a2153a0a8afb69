// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.context.Context;
import io.userevents.kernel.ManySeries.Kind;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An application that records more than 200,000 histograms, the longest points that the SDK makes
 * by default, under the published javaagent with the shipped extension and all settings of the
 * exporter at their defaults. Each histogram reaches the listener once.
 */
@Tag("kernel")
final class JavaagentLargeExportTest {

  private static final Path TARGET = Path.of("..", "javaagent", "target");

  /**
   * No setting of this exporter, and no other exporter without an endpoint. The only export comes
   * at the end of the application: the agent waits at most 5 s for an export that is already under
   * way, and the emulated machine may need longer.
   */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "OTEL_METRICS_EXPORTER", "user_events",
          "OTEL_TRACES_EXPORTER", "none",
          "OTEL_LOGS_EXPORTER", "none",
          "OTEL_METRIC_EXPORT_INTERVAL", "3600000");

  /**
   * The limit for a test that hangs. In the emulated machine, the agent alone takes a minute to
   * start.
   */
  private static final long LIMIT_SECONDS = 600;

  @Test
  void shouldReachTheListenerWholeFromTwoHundredThousandHistograms() throws Exception {
    Path log = Files.createTempFile("many", ".log");
    ProcessBuilder builder = new ProcessBuilder(command()).redirectError(log.toFile());
    builder.environment().putAll(ENVIRONMENT);
    Process application = builder.start();
    List<byte[]> events;
    try (BufferedReader output = application.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).as(() -> contentOf(log)).isEqualTo(ManySeriesApplication.READY);
      try (CollectingListener listener = CollectingListener.start()) {
        application.getOutputStream().write('\n');
        application.getOutputStream().close();
        assertThat(output.readLine())
            .as(() -> contentOf(log))
            .isEqualTo(ManySeriesApplication.RECORDED);
        // The agent exports when the application ends.
        assertThat(application.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        events = listener.end();
      }
    } finally {
      application.destroyForcibly();
    }

    assertThat(application.exitValue()).as(contentOf(log)).isZero();
    assertThat(contentOf(log).lines())
        .noneMatch(line -> line.contains("ERROR"))
        .filteredOn(line -> line.contains("WARN io.userevents"))
        // The emulated machine is slow. The exporter logs a warning if a registration takes over 10
        // s.
        .allMatch(line -> line.contains("has not answered yet; going on without it"));
    // The agent's own metrics arrive as well.
    ReceivedSeries.of(events).requireEachOnce(ManySeries.largeOf(Kind.HISTOGRAM));
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>(List.of(KernelTests.javaOfThisProcess()));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms1g", "-Xmx1200m"));
    command.add("-javaagent:" + built("javaagent/opentelemetry-javaagent.jar"));
    command.add("-Dotel.javaagent.extensions=" + built("user-events-javaagent-extension.jar"));
    command.add("-cp");
    command.add(
        Stream.of(
                ManySeriesApplication.class,
                GlobalOpenTelemetry.class,
                Attributes.class,
                Context.class,
                ComponentLoader.class)
            .map(JavaagentLargeExportTest::archiveOf)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(ManySeriesApplication.class.getName(), Kind.HISTOGRAM.name()));
    return command;
  }

  private static Path built(String archive) {
    Path path = TARGET.resolve(archive).toAbsolutePath().normalize();
    assertThat(path).as("built by: mvn -B package -DskipTests -pl javaagent -am").exists();
    return path;
  }

  private static String archiveOf(Class<?> type) {
    return requireNonNull(type.getProtectionDomain().getCodeSource()).getLocation().getPath();
  }

  private static String contentOf(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
