// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The javaagent as it is published makes the exporter of the extension. That its metrics reach a
 * listener is shown where there can be one, in module kernel.
 */
@Timeout(300)
final class JavaagentIT {

  private static final Path MODULE = Path.of("");
  private static final Path DOCS = Path.of("..", "docs");
  private static final String NOT_REGISTERED = "cannot register tracepoint ";

  /** The first that warns of what Agrona and JNA do, and can deny it. */
  private static final int WARNING_JAVA = 24;

  /** The JVM says so of each agent that adds to the bootstrap class path, as this one does. */
  private static final String OF_THE_AGENT = "OpenJDK 64-Bit Server VM warning: Sharing is only";

  private static final String STATUS = "name=user_events.tracepoint.status,";

  /** A point of it, with the state it is in. */
  private static final Pattern STATE =
      Pattern.compile("user_events\\.tracepoint\\.state=\"(\\w+)\"}, value=1,");

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  @Test
  void shouldMakeTheExporterThatPropertiesAndEnvironmentVariablesAskFor() throws Exception {
    Map<String, String> environment =
        Map.of(
            "OTEL_METRICS_EXPORTER", "user_events",
            "OTEL_TRACES_EXPORTER", "none",
            "OTEL_LOGS_EXPORTER", "none",
            "OTEL_EXPORTER_USER_EVENTS_RETRY_PERIOD", "250ms",
            "OTEL_EXPORTER_USER_EVENTS_TRACEFS", tracefs.toString());

    try (OrdersProcess server =
        OrdersProcess.start(
            MODULE, environment, List.of("otel.exporter.user_events.event_name=orders"))) {
      server.order();
      server.end();
      assertThat(server.log())
          .contains(NOT_REGISTERED + "orders: ")
          .contains("path=" + tracefs.resolve("user_events_data") + " ")
          .contains("every 250 to 250 ms")
          .doesNotContain("ERROR")
          .doesNotContain("Exception");
    }
  }

  @ParameterizedTest
  @CsvSource({"configuration.yaml, 5000", "configuration-on-attach.yaml, 60000"})
  void shouldMakeTheExporterOfTheExampleFile(
      String example, int retryPeriodMs, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("example.yaml");
    Files.writeString(
        file,
        Files.readString(DOCS.resolve(example)).replace("/sys/kernel/tracing", tracefs.toString()));

    try (OrdersProcess server =
        OrdersProcess.start(MODULE, Map.of(), List.of("otel.config.file=" + file))) {
      server.order();
      server.end();
      assertThat(server.log())
          .contains(NOT_REGISTERED + "otlp_metrics: ")
          .contains("path=" + tracefs.resolve("user_events_data") + " ")
          .contains("every 1000 to " + retryPeriodMs + " ms")
          .doesNotContain("ERROR")
          .doesNotContain("Exception");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "user_events, otel.exporter.user_events.self_metrics=true",
    "user_events, otel.experimental.sdk.telemetry.version=latest",
    "user_events_on_attach, otel.exporter.user_events.self_metrics=true"
  })
  void shouldTellThroughAnotherExporterThatTheTracepointIsUnavailable(
      String exporter, String selfMetrics) throws Exception {
    try (OrdersProcess server =
        OrdersProcess.start(
            MODULE,
            Map.of(),
            List.of(
                "otel.metrics.exporter=console," + exporter,
                "otel.metric.export.interval=500",
                "otel.traces.exporter=none",
                "otel.logs.exporter=none",
                "otel.exporter.user_events.tracefs=" + tracefs,
                selfMetrics))) {
      while (statesOfTheTracepoint(server).isEmpty()) {
        server.awaitLog();
      }
      assertThat(statesOfTheTracepoint(server)).containsExactly("unavailable");
      server.end();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          periodic | user_events           | self_metrics: true  | legacy
          pull     | user_events_on_attach | self_metrics: true  | legacy
          periodic | user_events           | ring_slots: 64      | latest
          pull     | user_events_on_attach | ring_slots: 64      | latest
          """)
  void shouldTellThroughAnotherExporterOfAFileThatTheTracepointIsUnavailable(
      String reader, String exporter, String setting, String version, @TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("self-metrics.yaml");
    Files.writeString(
        file,
        """
        file_format: "1.2"
        meter_provider:
          readers:
            - periodic:
                interval: 500
                exporter:
                  console:
            - %s:
                exporter:
                  %s:
                    %s
                    tracefs: %s
        instrumentation/development:
          java:
            otel_sdk:
              internal_telemetry_version: %s
        """
            .formatted(reader, exporter, setting, tracefs, version));

    try (OrdersProcess server =
        OrdersProcess.start(MODULE, Map.of(), List.of("otel.config.file=" + file))) {
      while (statesOfTheTracepoint(server).isEmpty()) {
        server.awaitLog();
      }
      assertThat(statesOfTheTracepoint(server)).containsExactly("unavailable");
      server.end();
    }
  }

  @Test
  void shouldSayNothingOfItselfUnlessAskedTo() throws Exception {
    try (OrdersProcess server =
        OrdersProcess.start(
            MODULE,
            Map.of(),
            List.of(
                "otel.metrics.exporter=console,user_events",
                "otel.metric.export.interval=500",
                "otel.traces.exporter=none",
                "otel.logs.exporter=none",
                "otel.exporter.user_events.tracefs=" + tracefs))) {
      while (!server.log().contains("name=jvm.memory.used,")) {
        server.awaitLog();
      }
      server.end();
      assertThat(statesOfTheTracepoint(server)).isEmpty();
    }
  }

  @Test
  void shouldServeWithoutTheAgentIfAValueIsNotAllowed() throws IOException, InterruptedException {
    try (OrdersProcess server =
        OrdersProcess.start(
            MODULE,
            Map.of(),
            List.of(
                "otel.metrics.exporter=user_events", "otel.exporter.user_events.ring_slots=7"))) {
      server.order();
      server.end();
      assertThat(server.log())
          .contains(
              "otel.exporter.user_events.ring_slots=7 is not allowed;"
                  + " allowed: a power of two, 2 to 16777216")
          .doesNotContain(NOT_REGISTERED);
    }
  }

  @Test
  void shouldNameTheVersionAndTheOnlyRemedyWhereUnsafeIsDenied() throws Exception {
    String agrona = versionInTheExtension("agrona");
    // Agrona 2.x does not use what that flag denies.
    require(agrona.startsWith("1."), "the extension was built with Agrona " + agrona);
    Path java = warningJava();

    try (OrdersProcess server =
        OrdersProcess.start(
            MODULE,
            Map.of("JDK_JAVA_OPTIONS", "--sun-misc-unsafe-memory-access=deny"),
            List.of(
                "otel.metrics.exporter=user_events",
                "otel.traces.exporter=none",
                "otel.logs.exporter=none",
                "otel.exporter.user_events.tracefs=" + tracefs),
            java,
            List.of())) {
      server.order();
      server.end();
      assertThat(server.log())
          .containsOnlyOnce("Agrona does not work here: library=org.agrona:agrona ")
          .contains("found=" + agrona + " (part of the javaagent's extension) needed=this version ")
          .contains("; start the JVM with --sun-misc-unsafe-memory-access=allow; asked for ")
          .doesNotContain("a version that is not known")
          .doesNotContain("Agrona 2.x")
          .doesNotContain("Exception in thread");
    }
  }

  @Test
  void shouldHaveTheJvmPrintNothingOnANewerJavaWithTheDocumentedFlags() throws Exception {
    String flags = "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

    assertThat(logOnANewerJava(flags).lines())
        .filteredOn(line -> !line.startsWith("[otel.javaagent "))
        .filteredOn(line -> !line.equals("NOTE: Picked up JDK_JAVA_OPTIONS: " + flags))
        .filteredOn(line -> !line.startsWith(OF_THE_AGENT))
        .isEmpty();
  }

  /** The agent does not look for the classes that newer versions of Java have in the archive. */
  @Test
  void shouldMakeSystemCallsByJnaOnANewerJava() throws Exception {
    assertThat(logOnANewerJava("--sun-misc-unsafe-memory-access=allow"))
        .contains("WARNING: java.lang.System::load has been called by com.sun.jna.Native ")
        .doesNotContain("java.lang.foreign");
  }

  private String logOnANewerJava(String flags) throws Exception {
    try (OrdersProcess server =
        OrdersProcess.start(
            MODULE,
            Map.of("JDK_JAVA_OPTIONS", flags),
            List.of(
                "otel.metrics.exporter=user_events",
                "otel.traces.exporter=none",
                "otel.logs.exporter=none",
                "otel.exporter.user_events.tracefs=" + tracefs),
            warningJava(),
            List.of())) {
      server.order();
      server.end();
      // The call was made of which the JVM would have warned.
      assertThat(server.log()).contains("path=" + tracefs.resolve("user_events_data") + " errno=");
      return server.log();
    }
  }

  private static Path warningJava() throws IOException {
    Optional<Path> java = NewerJava.atLeast(WARNING_JAVA);
    require(java.isPresent(), "needs a JDK " + WARNING_JAVA + " or newer beside that of the build");
    return java.orElseThrow();
  }

  private static String versionInTheExtension(String artifact) throws IOException {
    Path archive = MODULE.resolve("target").resolve("user-events-javaagent-extension.jar");
    try (JarFile extension = new JarFile(archive.toFile());
        InputStream resource =
            extension.getInputStream(
                extension.getJarEntry("io/userevents/internal/libraries/bundle.properties"))) {
      Properties versions = new Properties();
      versions.load(resource);
      return versions.getProperty(artifact);
    }
  }

  /** Skips the test, and says so on the console, unless a condition holds. */
  private static void require(boolean condition, String reason) {
    if (!condition) {
      System.out.println("skipped: " + reason);
    }
    assumeTrue(condition, reason);
  }

  /** That the console was told of, each once. */
  private static Set<String> statesOfTheTracepoint(OrdersProcess server) {
    return server
        .log()
        .lines()
        .filter(line -> line.contains(STATUS))
        .flatMap(line -> STATE.matcher(line).results())
        .map(point -> point.group(1))
        .collect(Collectors.toSet());
  }
}
