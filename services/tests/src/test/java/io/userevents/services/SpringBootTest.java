// SPDX-License-Identifier: Apache-2.0
package io.userevents.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.services.SpringService.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Spring Boot's starter of OpenTelemetry makes the exporter that {@code application.yaml} asks for.
 * That its metrics reach a listener is shown where there can be one, in module kernel.
 */
@Timeout(600)
final class SpringBootTest {

  private static final Path SERVICES = Path.of("..");
  private static final String STATUS = "name=user_events.tracepoint.status,";

  /** A point of it, with the state it is in. */
  private static final Pattern STATE =
      Pattern.compile("user_events\\.tracepoint\\.state=\"(\\w+)\"}, value=1,");

  /** Where no tracepoint is, whatever the machine's kernel. */
  @TempDir private Path tracefs;

  @ParameterizedTest
  @CsvSource({"3, PROPERTIES", "3, DECLARATIVE", "4, PROPERTIES", "4, DECLARATIVE"})
  void shouldServeAndSayThatTheTracepointIsUnavailableOnceAndThroughAnotherExporter(
      String generation, Form form) throws Exception {
    List<String> arguments = new ArrayList<>(withConsole(form));
    arguments.add(form.setting("tracefs", tracefs));
    arguments.add(form.setting("retry_period", 250));
    arguments.add(form.setting("self_metrics", true));

    try (SpringService service = SpringService.start(SERVICES, generation, form, arguments)) {
      service.order("buy", 10);
      // Not what is exported at the end: Spring Boot may have stopped logging before.
      while (statesOfTheTracepoint(service.log()).isEmpty() || !isTold(service, "orders")) {
        service.awaitLog();
      }
      service.end();
      String log = service.log();
      assertThat(statesOfTheTracepoint(log)).containsExactly("unavailable");
      assertThat(log.lines().filter(line -> line.contains("tracepoint otlp_metrics")))
          .singleElement()
          .asString()
          .contains("cannot register tracepoint otlp_metrics: ")
          .contains("path=" + tracefs.resolve("user_events_data") + " ")
          .contains("every 250 to 250 ms");
      // Without the many lines of the console's exporter.
      assertThat(log.lines().filter(line -> !line.contains(" metric: ")))
          .noneMatch(line -> line.contains("ERROR") || line.contains("Exception"));
      assertThat(log.lines().filter(line -> line.contains("name=orders,")))
          .isNotEmpty()
          .allMatch(line -> line.contains("service.name=\"orders\""));
    }
  }

  private static boolean isTold(SpringService service, String metric) {
    return service.log().contains("name=" + metric + ",");
  }

  /** The SDK's exporter to the log beside the one that the file asks for. */
  private static List<String> withConsole(Form form) {
    return switch (form) {
      case PROPERTIES ->
          List.of(
              "--otel.metrics.exporter=console,user_events", "--otel.metric.export.interval=1s");
      case DECLARATIVE ->
          List.of(
              "--otel.meter_provider.readers[1].periodic.interval=1000",
              "--otel.meter_provider.readers[1].periodic.exporter.console=");
    };
  }

  /** Those that the console was told of, each once. */
  private static Set<String> statesOfTheTracepoint(String log) {
    return log.lines()
        .filter(line -> line.contains(STATUS))
        .flatMap(line -> STATE.matcher(line).results())
        .map(point -> point.group(1))
        .collect(Collectors.toSet());
  }
}
