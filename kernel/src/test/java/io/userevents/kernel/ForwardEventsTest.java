// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import io.userevents.tracepoint.EventLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code forward} with two tracepoints and a filter, and its end by two signals. */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardEventsTest {

  private static final String OTHER_EVENT = "other_metrics";
  private static final int EXPORTS = 5;

  /** As a container runtime names the cgroup of a container. */
  private static final String CONTAINER = "0123456789abcdef".repeat(4);

  private static final Path CGROUP = Path.of("/sys/fs/cgroup/docker-" + CONTAINER + ".scope");

  private record Point(String process, String container, long value) {}

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Point> expected = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  /** This is one test, because starting a JVM takes long on an emulated processor. */
  @Test
  void shouldForwardTheContainersEventsOfBothTracepointsAndEndAtOnceAtASecondSignal()
      throws Exception {
    Files.createDirectories(CGROUP);
    OtlpReceiver receiver = OtlpReceiver.start();
    open.add(receiver);
    ForwardProcess agent =
        ForwardProcess.start(
            folder.resolve("agent.log"),
            receiver.uri().toString(),
            "--event=" + EventLayout.OTLP_METRICS,
            "--event=" + OTHER_EVENT,
            "--container=" + CONTAINER.substring(0, 12),
            // The test would not end in its time if the second signal did not end the agent.
            "--grace=12h");
    open.add(agent);
    String enter = "echo $$ >" + CGROUP.resolve("cgroup.procs") + "; ";
    ExportingProcess first = start("first", enter);
    ExportingProcess second = start("second", enter + named(OTHER_EVENT));
    ExportingProcess outside = start("outside", named(OTHER_EVENT));

    for (int value = 1; value <= EXPORTS; value++) {
      export(first, "first", value);
      export(second, "second", value);
      add(outside, value);
    }
    receiver.awaitAcceptedPoints(2 * EXPORTS);
    AgentAccounts accounts =
        agent.await(
            each -> each.sent() == 2 * EXPORTS && each.value("events_filtered_total") == EXPORTS);
    assertThat(accounts.received()).isEqualTo(3 * EXPORTS);
    assertThat(points(receiver)).containsExactlyInAnyOrderElementsOf(expected);

    receiver.setDefault(Behaviour.hang());
    int requests = receiver.requestCount();
    add(first, EXPORTS + 1);
    add(second, EXPORTS + 1);
    agent.await(each -> each.inMemory() == 2);
    receiver.awaitRequests(requests + 1);
    agent.terminate();
    agent.awaitEnding();
    assertThat(agent.isAlive()).isTrue();

    assertThat(agent.end()).isEqualTo(143);
    assertThat(agent.log())
        .endsWith(
            "user-events: ended at once: received="
                + (3 * EXPORTS + 2)
                + ", sent="
                + 2 * EXPORTS
                + ", in_memory=2, filtered="
                + EXPORTS
                + "\n");
  }

  private ExportingProcess start(String name, String setUp) throws Exception {
    ExportingProcess application =
        ExportingProcess.startByShell(name, folder.resolve(name + ".log"), setUp + "exec \"$@\"");
    open.add(application);
    return application;
  }

  private static String named(String event) {
    return "export JAVA_TOOL_OPTIONS=-D"
        + ExportingProcess.EVENT_NAME_PROPERTY
        + "="
        + event
        + "; ";
  }

  private void export(ExportingProcess application, String name, int value) throws Exception {
    add(application, value);
    expected.add(new Point(name, CONTAINER, value));
  }

  private static void add(ExportingProcess application, int value) throws Exception {
    assertThat(application.ask("add " + value)).isEqualTo("success=true written=" + value);
  }

  private static List<Point> points(OtlpReceiver receiver) {
    List<Point> points = new ArrayList<>();
    for (ReceivedRequest request : receiver.accepted()) {
      for (ResourceMetrics resource : request.content().getResourceMetricsList()) {
        String container =
            text(resource.getResource().getAttributesList(), "user_events.container.id");
        for (ScopeMetrics scope : resource.getScopeMetricsList()) {
          for (Metric metric : scope.getMetricsList()) {
            for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
              String process = text(point.getAttributesList(), "process");
              points.add(new Point(process, container, point.getAsInt()));
            }
          }
        }
      }
    }
    return points;
  }

  private static String text(List<KeyValue> attributes, String key) {
    return attributes.stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }
}
