// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.Events;
import io.userevents.cli.Executed;
import io.userevents.cli.console.StopSignal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** Without a terminal, with events of the test's. */
@Timeout(180)
final class ListenCommandTest {

  private final ScriptedCapture capture = new ScriptedCapture();
  private final StopSignal stop = new StopSignal();

  private Executed listen(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(
                new ListenCommand(
                    stop, (event, facility, bufferKb) -> capture, Duration.ofMinutes(2)))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    int exitCode = command.execute(arguments);
    return new Executed(exitCode, out.toString(), err.toString());
  }

  private void counter(String metric, int delta) {
    capture.events.add(Events.counter("shop", metric, "buy", true, 10, 12, delta));
  }

  @Test
  void shouldPrintALineForEachPointAndASummary() {
    counter("orders", 4);
    counter("orders", 6);

    Executed listened = listen("--count", "2");

    assertThat(listened.exitCode()).isZero();
    assertThat(listened.lines()).hasSize(2);
    assertThat(listened.lines().get(0)).matches("orders +4 +2/s  side=buy  shop/42");
    assertThat(listened.lines().get(1)).matches("orders +10 +3/s  side=buy  shop/42");
    assertThat(listened.err())
        .isEqualTo(
            "user-events: received 2 events, 2 points by script; lost 3 (kernel: buffer was full"
                + " 3)"
                + System.lineSeparator());
    assertThat(capture.isDetached).isTrue();
    assertThat(capture.isClosed).isTrue();
  }

  @Test
  void shouldSayThatItWasInterrupted() {
    counter("orders", 4);
    capture.interruptions = 2;

    Executed listened = listen("--count=1");

    assertThat(listened.err())
        .contains("; interrupted 2 times, and the events of that time are not");
  }

  @Test
  void shouldPrintAnObjectForEachPoint() {
    counter("orders", 4);

    Executed listened = listen("--count=1", "--format=jsonl");

    assertThat(listened.lines())
        .containsExactly(
            "{\"metric\":\"orders\",\"kind\":\"counter\",\"unit\":\"\",\"attributes\":\"side=buy\","
                + "\"service\":\"shop\",\"instance\":\"\",\"scope\":\"\",\"pid\":42,"
                + "\"timeUnixNano\":\"12000000000\",\"value\":4.0,\"rate\":2.0}");
  }

  @Test
  void shouldPrintARequestOfOtlpForEachEvent() {
    counter("orders", 4);
    counter("errors", 1);
    counter("orders", 5);

    Executed listened = listen("--count=2", "--format=otlp", "--metric=orders");

    String request =
        "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
            + "\"value\":{\"stringValue\":\"shop\"}}]},\"scopeMetrics\":[{\"metrics\":[{"
            + "\"name\":\"orders\",\"sum\":{\"dataPoints\":[{\"attributes\":[{\"key\":\"side\","
            + "\"value\":{\"stringValue\":\"buy\"}}],\"startTimeUnixNano\":\"10000000000\","
            + "\"timeUnixNano\":\"12000000000\",\"asInt\":\"%d\"}],"
            + "\"aggregationTemporality\":1,\"isMonotonic\":true}}]}]}]}";
    assertThat(listened.lines()).containsExactly(request.formatted(4), request.formatted(5));
    assertThat(listened.err()).contains("2 points by script", "1 points filtered out");
  }

  @Test
  void shouldPrintOneDocumentAtTheEnd() {
    counter("a", 4);
    counter("b", 4);

    Executed listened = listen("--once", "--format=json");

    assertThat(listened.lines()).hasSize(1);
    assertThat(listened.out()).startsWith("{\"series\":[{\"metric\":\"a\"").contains("\"b\"");
  }

  @Test
  void shouldPrintATableOnce() {
    counter("a", 4);

    Executed listened = listen("--once");

    assertThat(listened.lines()).hasSize(2);
    assertThat(listened.lines().get(0)).startsWith("METRIC").contains("LAST MINUTE");
  }

  @Test
  void shouldReadWhatIsLeftWhenStopped() {
    stop.raise();
    capture.eventsWhileDetaching.add(Events.gauge("shop", "last", "", 1, 1));

    Executed listened = listen();

    assertThat(listened.exitCode()).isZero();
    assertThat(listened.out()).startsWith("last ");
  }

  @Test
  void shouldEndAfterItsTimeWithoutEvents() {
    Executed listened = listen("--seconds=1");

    assertThat(listened.exitCode()).isZero();
    assertThat(listened.out()).isEmpty();
    assertThat(listened.err()).contains("received 0 events");
  }

  @Test
  void shouldFilterAndSaySo() {
    counter("a", 4);
    counter("b", 4);

    Executed listened = listen("--metric=b*", "--pid=42", "--service=shop", "--count=1");

    assertThat(listened.lines()).hasSize(1);
    assertThat(listened.out()).startsWith("b ");
    assertThat(listened.err()).contains("1 points filtered out");
  }

  @Test
  void shouldCountTheEventsThatCameAfterTheLastOneShown() {
    counter("a", 4);
    counter("b", 4);
    counter("c", 4);

    Executed listened = listen("--count=1");

    assertThat(listened.lines()).hasSize(1);
    assertThat(listened.err())
        .contains(
            "received 3 events, 1 points by script; ", "; 2 events came after the last one shown");
  }

  @Test
  void shouldRefuseLimitsThatMakeNoSense() {
    for (String argument : new String[] {"--count=0", "--seconds=0", "--pid=-1", "--buffer-kb=4"}) {
      assertThat(listen(argument).exitCode()).as(argument).isEqualTo(2);
      assertThat(Executed.command("listen", argument).exitCode()).as(argument).isEqualTo(64);
    }
    assertThat(capture.isClosed).isFalse();
  }
}
