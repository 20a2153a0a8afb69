// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.userevents.javaagent.OrdersProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The javaagent puts the command line of the JVM into the resource, which every record repeats: up
 * to 4,095 bytes of it as {@code process.command_args}, as much as the JDK reads of {@code
 * /proc/self/cmdline}, and a longer one without its class path as {@code process.command_line}.
 * Both are longer than the room of a record. By default they are left out. A service that wants
 * them gets as much as fits.
 */
@Tag("kernel")
final class JavaagentCommandLineTest {

  private static final Path MODULE = Path.of("..", "javaagent");
  private static final int ORDERS = 3;

  /** No setting of this exporter, and no other exporter without an endpoint. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "OTEL_SERVICE_NAME", "orders",
          "OTEL_METRICS_EXPORTER", "user_events",
          "OTEL_TRACES_EXPORTER", "none",
          "OTEL_LOGS_EXPORTER", "none");

  private static final String LIBRARY = "/opt/orders/lib/usual-name-of-a-library-%03d-1.2.jar";
  private static final Path JDK = Path.of(System.getProperty("java.home"));

  /** From this length on, the JDK does not report the arguments. */
  private static final int PAGE = 4096;

  @Test
  void shouldShowAllPointsOfAServiceWithALongClassPath() throws Exception {
    // The agent, the extension and the server lie in this folder.
    int rest = 700 + 3 * MODULE.toAbsolutePath().toString().length();
    List<String> libraries = libraries((PAGE - rest) / LIBRARY.length());

    String log = assertShown(JDK.resolve("bin/java"), List.of(), libraries);

    assertThat(warnings(log)).isEmpty();
  }

  @Test
  void shouldShowAllPointsOfAServiceWithManyArgumentsAndALongWayToItsJdk() throws Exception {
    Path folder =
        Files.createTempDirectory("jdk")
            .resolve(("a-long-name-of-a-folder".repeat(8) + "/").repeat(6));
    Files.createDirectories(folder);
    // A link would not do: the JVM follows it.
    Tracing.run("mount", "--bind", JDK.toString(), folder.toString());
    List<String> properties = new ArrayList<>();
    properties.add("otel.exporter.user_events.excluded_resource_attributes=none");
    for (int i = 0; i < 120; i++) {
      properties.add("orders.setting.number.%d=the value of the setting".formatted(i));
    }
    try {
      String log = assertShown(folder.resolve("bin/java"), properties, libraries(80));

      assertThat(warnings(log)).singleElement().asString().contains("process.command_line");
    } finally {
      Tracing.run("umount", "--lazy", folder.toString());
    }
  }

  private static List<String> libraries(int count) {
    return IntStream.range(0, count).mapToObj(LIBRARY::formatted).toList();
  }

  /**
   * Leaves out the warning about a slow machine: the exporter logs one if a registration takes over
   * 10 s.
   */
  private static List<String> warnings(String log) {
    return log.lines()
        .filter(line -> line.contains(" WARN io.userevents"))
        .filter(line -> !line.contains("has not answered yet; going on without it"))
        .toList();
  }

  /** Returns what the service has logged. */
  private static String assertShown(Path java, List<String> properties, List<String> libraries)
      throws Exception {
    List<byte[]> received;
    String log;
    long pid;
    try (OrdersProcess server =
        OrdersProcess.start(MODULE, ENVIRONMENT, properties, java, libraries)) {
      pid = server.pid();
      PerfReader perf = PerfReader.start();
      for (int i = 0; i < ORDERS; i++) {
        server.order();
      }
      // The agent exports once more at its end. With a longer interval, this is the only export.
      server.end();
      received = perf.end();
      log = server.log();
    }

    assertThat(received).as("events; log: %s", log).isNotEmpty();
    List<Metric> metrics = Received.metrics(received);
    assertThat(metrics).extracting(Metric::getName).contains("http.server.request.duration");
    assertThat(
            metrics.stream()
                .filter(metric -> metric.getName().equals("http.server.request.duration"))
                .flatMap(metric -> metric.getHistogram().getDataPointsList().stream())
                .mapToLong(HistogramDataPoint::getCount)
                .sum())
        .isEqualTo(ORDERS);
    for (ExportMetricsServiceRequest request : Received.decode(received)) {
      for (ResourceMetrics resource : request.getResourceMetricsList()) {
        assertRecognisable(resource.getResource().getAttributesList(), pid);
      }
    }
    return log;
  }

  /** Checks that each record has the attributes that identify this service. */
  private static void assertRecognisable(List<KeyValue> attributes, long pid) {
    assertThat(attributes)
        .contains(
            AllInstruments.keyValue("service.name", AllInstruments.textOf("orders")),
            AllInstruments.keyValue("process.pid", AnyValue.newBuilder().setIntValue(pid)))
        .extracting(KeyValue::getKey)
        .doesNotHaveDuplicates()
        .contains(
            "host.arch",
            "os.type",
            "process.runtime.name",
            "process.runtime.version",
            "service.instance.id",
            "telemetry.sdk.name",
            "telemetry.sdk.language",
            "telemetry.sdk.version",
            "telemetry.distro.name");
  }
}
