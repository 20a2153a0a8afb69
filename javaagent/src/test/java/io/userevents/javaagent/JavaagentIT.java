// SPDX-License-Identifier: Apache-2.0
package io.userevents.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
}
