// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.userevents.cli.Executed;
import io.userevents.cli.console.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
final class DemoCommandTest {

  /** Instruments of every kind, as their rows name them. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("messaging.client.sent.messages", "long counter"),
          Map.entry("trading.turnover", "double counter"),
          Map.entry("http.server.active_requests", "long up-down counter"),
          Map.entry("trading.position.exposure", "double up-down counter"),
          Map.entry("trading.book.depth", "long gauge"),
          Map.entry("trading.book.spread", "double gauge"),
          Map.entry("http.server.request.body.size", "histogram"),
          Map.entry("http.server.request.duration", "histogram"),
          Map.entry("trading.order.duration", "exponential histogram"),
          Map.entry("jvm.class.loaded", "long counter"),
          Map.entry("jvm.gc.time", "double counter"),
          Map.entry("jvm.memory.used", "long up-down counter"),
          Map.entry("trading.margin.used", "double up-down counter"),
          Map.entry("jvm.thread.peak", "long gauge"),
          Map.entry("process.uptime", "double gauge"));

  private Executed demo = new Executed(-1, "", "");

  @BeforeAll
  void runDemo() {
    demo = Executed.command("demo", "--loopback", "--seconds", "1");
  }

  @AfterEach
  void forgetHome() {
    System.clearProperty(KernelMachine.HOME_PROPERTY);
  }

  @Test
  void shouldReceiveEveryPoint() {
    assertThat(demo.exitCode()).isZero();
    assertThat(demo.lastLine())
        .matches(
            "demo: points exported=\\d+ received=\\d+ records written=\\d+ lost=0 via=loopback");
    assertThat(demo.count("exported")).isPositive().isEqualTo(demo.count("received"));
    assertThat(demo.count("written")).isPositive();
    assertThat(demo.err()).isEmpty();
  }

  @Test
  void shouldPrintRowForEachPoint() {
    // But for the header and the summary.
    assertThat(demo.lines()).hasSize((int) demo.count("received") + 2);
  }

  @Test
  void shouldRecordOnEveryKindOfInstrument() {
    List<String> lines = demo.lines();
    TYPES.forEach(
        (metric, type) ->
            assertThat(lines)
                .anyMatch(line -> line.matches("\\Q" + metric + "\\E +" + type + "  .*")));
    assertThat(lines)
        .filteredOn(line -> line.contains("."))
        .allMatch(
            line ->
                line.startsWith("demo: ")
                    || TYPES.containsKey(line.substring(0, line.indexOf(' '))));
  }

  @Test
  void shouldKeepColumnsAligned() {
    int column = demo.lines().get(0).indexOf("VALUE");

    assertThat(demo.lines().subList(0, demo.lines().size() - 1))
        .allMatch(line -> line.charAt(column) != ' ' && line.charAt(column - 1) == ' ');
  }

  @Test
  void shouldPrintAnObjectForEachPointAndTheSummary() throws Exception {
    Executed json = Executed.command("demo", "--loopback", "--seconds=1", "--format=jsonl");

    assertThat(json.exitCode()).isZero();
    List<JsonNode> objects = new ArrayList<>();
    for (String line : json.lines()) {
      objects.add(new ObjectMapper().readTree(line));
    }
    JsonNode summary = objects.remove(objects.size() - 1).get("summary");
    assertThat(summary.get("receivedPoints").asLong()).isPositive().isEqualTo(objects.size());
    assertThat(summary.get("exportedPoints")).isEqualTo(summary.get("receivedPoints"));
    assertThat(objects).allMatch(point -> TYPES.containsKey(point.get("metric").asText()));
  }

  @Test
  void shouldPrintOneDocument() throws Exception {
    Executed json = Executed.command("demo", "--loopback", "--seconds=1", "--format=json");

    assertThat(json.lines()).hasSize(1);
    JsonNode document = new ObjectMapper().readTree(json.out());
    assertThat(document.get("points").size())
        .isPositive()
        .isEqualTo(document.get("summary").get("receivedPoints").asInt());
  }

  @Test
  void shouldEndInOrderWhenStopped() {
    StopSignal stop = new StopSignal();
    stop.raise();
    long start = System.nanoTime();

    Executed stopped = Executed.command(stop, "demo", "--loopback", "--seconds", "3600");

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.HOURS.toNanos(1));
    assertThat(stopped.exitCode()).isZero();
    assertThat(stopped.count("exported")).isPositive().isEqualTo(stopped.count("received"));
  }

  @Test
  void shouldSayThatTestMachineIsUnknownWithoutLauncher() {
    Executed refused = Executed.command("demo", "--kernel");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).contains("userevents.home").doesNotContain("Exception");
  }

  @Test
  void shouldSayThatTestMachineIsMissing(@TempDir Path home) {
    System.setProperty(KernelMachine.HOME_PROPERTY, home.toString());

    Executed refused = Executed.command("demo", "--kernel");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(refused.err()).contains(home.resolve("kernel/machine/run").toString());
  }

  @Test
  void shouldShowStackTraceOnlyWhenVerbose() {
    Executed refused = Executed.command("demo", "--kernel", "--verbose");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("CommandException", "\tat io.userevents.cli.");
  }
}
