// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code forward} between applications with the SDK and an endpoint over HTTP. */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardTest {

  private static final int EXPORTS = 5;
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final long AWAY_NS = TimeUnit.SECONDS.toNanos(30);

  private record Point(String process, long pid, long value) {}

  @TempDir private Path folder;
  private final List<ExportingProcess> applications = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Point> expected = new ArrayList<>();
  private final List<ReceivedRequest> accepted = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  /** This is one test, because starting a JVM takes long on an emulated processor. */
  @Test
  void shouldDeliverEachPointOnceAlthoughTheEndpointIsAwayAndTheAgentKilled() throws Exception {
    OtlpReceiver first = receiver(0);
    String spool = "--spool=" + folder.resolve("spool");
    ForwardProcess killed = agent(first, spool);
    for (String name : NAMES) {
      ExportingProcess application = ExportingProcess.start(name, folder.resolve(name + ".log"));
      open.add(application);
      applications.add(application);
    }
    export();
    int sent = expected.size();
    // An accepted request is not enough: a request whose answer is lost is sent again.
    killed.awaitMetric("user_events_agent_events_sent_total " + sent + ".0");
    accepted.addAll(first.accepted());

    first.close();
    long awayNs = System.nanoTime();
    export();
    int spooled = expected.size() - sent;
    killed.awaitMetric(
        "user_events_agent_events_pending{user_events_agent_queue=\"spool\"} " + spooled + ".0");
    killed.kill();
    ForwardProcess agent = agent(first, spool);
    do {
      export();
    } while (System.nanoTime() - awayNs < AWAY_NS);
    OtlpReceiver second = receiver(first.port());
    second.awaitAcceptedPoints(expected.size() - sent);
    accepted.addAll(second.accepted());

    assertThat(agent.end()).isZero();
    assertThat(points()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(points().stream().filter(point -> point.process().equals("a")).map(Point::value))
        .as("those of one process in their order")
        .isSorted();
    int received = expected.size() - sent - spooled;
    assertThat(killed.log())
        .contains("does not accept metrics; they wait in " + folder.resolve("spool"));
    // Whether the agent found the endpoint unreachable depends on the time of its start.
    assertThat(agent.log())
        .contains(
            "received="
                + received
                + ", recovered="
                + spooled
                + ", sent="
                + (spooled + received)
                + "\n");
  }

  private OtlpReceiver receiver(int port) throws Exception {
    OtlpReceiver receiver = OtlpReceiver.start(port);
    open.add(receiver);
    return receiver;
  }

  private ForwardProcess agent(OtlpReceiver receiver, String... options) throws Exception {
    ForwardProcess agent =
        ForwardProcess.start(
            Files.createTempFile(folder, "agent", ".log"), receiver.uri().toString(), options);
    open.add(agent);
    return agent;
  }

  /** Lets each application export some points with its numbers. */
  private void export() throws Exception {
    for (int i = 0; i < EXPORTS; i++) {
      int value = 1 + expected.size() / NAMES.size();
      for (int j = 0; j < NAMES.size(); j++) {
        ExportingProcess application = applications.get(j);
        assertThat(application.ask("add " + value)).isEqualTo("success=true written=" + value);
        expected.add(new Point(NAMES.get(j), application.pid(), value));
      }
    }
  }

  private List<Point> points() {
    List<Point> points = new ArrayList<>();
    for (ReceivedRequest request : accepted) {
      for (ResourceMetrics resource : request.content().getResourceMetricsList()) {
        long pid =
            value(resource.getResource().getAttributesList(), "user_events.process.pid")
                .getIntValue();
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          for (Metric metric : scope.getMetricsList()) {
            for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
              String process = value(point.getAttributesList(), "process").getStringValue();
              points.add(new Point(process, pid, point.getAsInt()));
            }
          }
        }
      }
    }
    return points;
  }

  private static AnyValue value(List<KeyValue> attributes, String key) {
    return attributes
        .get(
            IntStream.range(0, attributes.size())
                .filter(i -> attributes.get(i).getKey().equals(key))
                .findFirst()
                .orElseThrow())
        .getValue();
  }
}
