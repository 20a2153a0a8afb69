// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Collector with the configuration of the archive. {@code -Duserevents.collector=FILE} names
 * it, otherwise it is {@code otelcol-contrib} or {@code otelcol} of the path. {@code
 * src/test/collector/builder.yaml} builds one.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CollectorTest {

  private static final Path FILE = Archive.SOURCES.resolve("collector/collector.yaml");
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long START_NS =
      TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - 60 * SECOND_NS;

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path folder;

  private static String collector = "";

  @BeforeAll
  static void findCollector() {
    collector = System.getProperty("userevents.collector", "");
    for (String name : List.of("otelcol-contrib", "otelcol")) {
      if (collector.isEmpty()) {
        collector =
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("");
      }
    }
    if (collector.isEmpty()) {
      System.out.println("tests with a Collector skipped: there is none on the path");
    }
    assumeTrue(!collector.isEmpty(), "no Collector");
  }

  @Test
  void shouldAcceptTheConfiguration() throws Exception {
    Command.Result found = Command.run(collector, "validate", "--config=" + FILE);

    assertThat(found.status()).as(found.text()).isZero();
  }

  @Test
  void shouldRefuseAMisspeltKey() throws Exception {
    Path misspelt = folder.resolve("collector.yaml");
    Files.writeString(misspelt, Files.readString(FILE).replace("max_stale:", "max_stail:"));

    Command.Result found = Command.run(collector, "validate", "--config=" + misspelt);

    assertThat(found.status()).isNotZero();
    assertThat(found.text()).contains("max_stail");
  }

  /** A request as the agent builds it: two events, each with a second resource field behind. */
  @Test
  void shouldMergeTheAppendedResourcesAndSumTheDeltas() throws Exception {
    int port = freePort();
    int scraped = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(collector, "--config=" + FILE)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("OTLP_ENDPOINT", "127.0.0.1:" + port);
    builder.environment().put("PROMETHEUS_ENDPOINT", "127.0.0.1:" + scraped);
    Process process = builder.start();
    try {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(event(0, 1, 3));
      body.write(event(1, 2, 4));
      post(process, URI.create("http://127.0.0.1:" + port + "/v1/metrics"), body.toByteArray());

      String text = scrape(URI.create("http://127.0.0.1:" + scraped + "/metrics"));

      assertThat(text)
          .containsPattern(
              "(?m)^orders_total\\{(?=.*side=\"buy\")(?=.*service_name=\"shop\")"
                  + "(?=.*user_events_process_pid=\"7\")(?=.*user_events_host_name=\"h1\").*\\} 7$");
    } finally {
      process.destroy();
      int unused = process.waitFor();
    }
  }

  private static byte[] event(long fromSeconds, long toSeconds, long value) throws IOException {
    ResourceMetrics.Builder resource = ResourceMetrics.newBuilder();
    resource.setResource(Resource.newBuilder().addAttributes(text("service.name", "shop")));
    resource
        .addScopeMetricsBuilder()
        .addMetrics(
            Metric.newBuilder()
                .setName("orders")
                .setSum(
                    Sum.newBuilder()
                        .setIsMonotonic(true)
                        .setAggregationTemporality(
                            AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                        .addDataPoints(
                            NumberDataPoint.newBuilder()
                                .setStartTimeUnixNano(START_NS + fromSeconds * SECOND_NS)
                                .setTimeUnixNano(START_NS + toSeconds * SECOND_NS)
                                .addAttributes(text("side", "buy"))
                                .setAsInt(value))));
    ResourceMetrics appended =
        ResourceMetrics.newBuilder()
            .setResource(
                Resource.newBuilder()
                    .addAttributes(text("user_events.host.name", "h1"))
                    .addAttributes(text("user_events.process.pid", "7")))
            .build();
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(event);
    byte[] first = resource.build().toByteArray();
    byte[] second = appended.toByteArray();
    out.writeTag(
        ExportMetricsServiceRequest.RESOURCE_METRICS_FIELD_NUMBER,
        WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(first.length + second.length);
    // One message whose field resource occurs twice.
    out.writeRawBytes(first);
    out.writeRawBytes(second);
    out.flush();
    return event.toByteArray();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Sends once the Collector has its port. */
  private void post(Process process, URI uri, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    while (true) {
      try {
        assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
            .isEqualTo(200);
        return;
      } catch (ConnectException e) {
        assertThat(process.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private static String scrape(URI uri) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    while (true) {
      String text = CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
      if (text.contains("orders_total{")) {
        return text;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
