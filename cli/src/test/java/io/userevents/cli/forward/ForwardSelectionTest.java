// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.userevents.agent.Forwarder;
import io.userevents.agent.ForwarderStatistics;
import io.userevents.agent.Outcome;
import io.userevents.agent.WrittenEvents;
import io.userevents.cli.Events;
import io.userevents.cli.console.StopSignal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * The options that select events, from the command line to the endpoint. This process writes the
 * events. {@code --container} with a container is tested in the test machine.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardSelectionTest {

  private static final int EVENTS = 3;
  private static final String OWN_PID = Long.toString(ProcessHandle.current().pid());

  @SuppressWarnings("NullAway.Init")
  private HttpServer endpoint;

  @BeforeEach
  void startEndpoint() throws Exception {
    endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
          }
        });
    endpoint.start();
  }

  @AfterEach
  void stopEndpoint() {
    endpoint.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "--pid, PID, true",
    "--pid, 1, false",
    "--user, USER, true",
    "--user, UID, true",
    "--user, OTHER_UID, false",
    "--process, COMM, true",
    "--process, another-name, false",
    "--container, 0123456789ab, false",
    "--metric, lo, true",
    "--metric, x, false",
  })
  void shouldSelectByAnOption(String option, String value, boolean isKept) throws Exception {
    ForwarderStatistics statistics = forward(option, resolved(value));

    assertThat(statistics.events(Outcome.SENT)).isEqualTo(isKept ? EVENTS : 0);
    assertThat(statistics.events(Outcome.FILTERED)).isEqualTo(isKept ? 0 : EVENTS);
  }

  @Test
  void shouldKeepAnEventForWhichOneValueOfEachOptionMatches() throws Exception {
    ForwarderStatistics statistics =
        forward("--pid", "1", "--pid", OWN_PID, "--user", resolved("UID"), "--metric", "load");

    assertThat(statistics.events(Outcome.SENT)).isEqualTo(EVENTS);
  }

  @Test
  void shouldLeaveOutAnEventThatOneOptionDoesNotMatch() throws Exception {
    ForwarderStatistics statistics = forward("--pid", OWN_PID, "--process", "another-name");

    assertThat(statistics.events(Outcome.FILTERED)).isEqualTo(EVENTS);
  }

  private static String resolved(String value) throws Exception {
    Path self = Path.of("/proc/self");
    int uid = (Integer) Files.getAttribute(self, "unix:uid");
    return switch (value) {
      case "PID" -> OWN_PID;
      case "USER" -> Files.getOwner(self).getName();
      case "UID" -> Integer.toString(uid);
      case "OTHER_UID" -> Integer.toString(uid + 1);
      case "COMM" -> Files.readString(self.resolve("comm")).strip();
      default -> value;
    };
  }

  /** Lets the command send the events and end. */
  private ForwarderStatistics forward(String... options) throws Exception {
    StopSignal stop = new StopSignal();
    AtomicReference<@Nullable Forwarder> started = new AtomicReference<>();
    ForwardCommand command =
        new ForwardCommand(
            stop,
            Map.of(),
            builder -> {
              Forwarder forwarder =
                  WrittenEvents.start(builder, Events.gauge("s", "load", "buy", 1, 0.5), EVENTS);
              started.set(forwarder);
              // Once the signal is raised, the command reads and sends what is there.
              stop.raise();
              return forwarder;
            });
    CommandLine line = new CommandLine(command).setErr(new PrintWriter(new StringWriter()));
    String[] arguments = new String[options.length + 3];
    arguments[0] = "http://localhost:" + endpoint.getAddress().getPort();
    arguments[1] = "--grace=4m";
    arguments[2] = "--self-metrics=0s";
    System.arraycopy(options, 0, arguments, 3, options.length);

    assertThat(line.execute(arguments)).isZero();
    ForwarderStatistics statistics = requireNonNull(started.get()).statistics();
    assertThat(statistics.received()).isEqualTo(EVENTS);
    return statistics;
  }
}
