// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.cli.ChildProcess;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to an agent in a separate process whose endpoint takes a request and never answers. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardSignalTest {

  private static final Pattern HEALTH = Pattern.compile("user-events: health at (http://\\S+)");

  @TempDir private Path folder;

  /** The agent, while its first request is under way. */
  private record Hanging(Process process, BufferedReader log, String health, Socket request) {}

  @ParameterizedTest
  @CsvSource({"TERM,TERM,143", "INT,INT,130", "INT,TERM,143", "HUP,TERM,143"})
  void shouldEndAtOnceAtASecondSignalAndTellWhatIsInMemory(
      String first, String second, int exitCode) throws Exception {
    try (ServerSocket endpoint = endpoint()) {
      // The test would not end in its time if the second signal did not end the agent.
      Hanging agent = start(endpoint, "--grace=12h");
      try (Socket unanswered = agent.request()) {
        assertThat(unanswered.getInputStream().read()).isEqualTo('P');
        ChildProcess.signal(first, agent.process().pid());
        awaitEnding(agent);
        assertThat(agent.process().isAlive()).isTrue();

        ChildProcess.signal(second, agent.process().pid());

        assertThat(lastLine(agent))
            .isEqualTo(
                "user-events: ended at once: received="
                    + ForwardProgram.EVENTS
                    + ", sent=0, in_memory="
                    + ForwardProgram.EVENTS);
        assertThat(agent.process().waitFor()).isEqualTo(exitCode);
      } finally {
        agent.process().destroyForcibly();
      }
    }
  }

  @Test
  void shouldEndInOrderAtOneSignalAlthoughTheEndpointHangs() throws Exception {
    try (ServerSocket endpoint = endpoint()) {
      Hanging agent = start(endpoint, "--grace=0s", "--spool=" + folder.resolve("spool"));
      try (Socket unanswered = agent.request()) {
        assertThat(unanswered.getInputStream().read()).isEqualTo('P');

        ChildProcess.signal("TERM", agent.process().pid());

        assertThat(lastLine(agent))
            .isEqualTo(
                "user-events: received="
                    + ForwardProgram.EVENTS
                    + ", sent=0, in_spool="
                    + ForwardProgram.EVENTS);
        assertThat(agent.process().waitFor()).isZero();
      } finally {
        agent.process().destroyForcibly();
      }
    }
  }

  /** The shell and the kernel may both send one. */
  @Test
  void shouldNotEndAtOnceAtASecondHangUp() throws Exception {
    try (ServerSocket endpoint = endpoint()) {
      Hanging agent = start(endpoint, "--grace=1s");
      try (Socket unanswered = agent.request()) {
        assertThat(unanswered.getInputStream().read()).isEqualTo('P');

        ChildProcess.signal("HUP", agent.process().pid());
        ChildProcess.signal("HUP", agent.process().pid());

        assertThat(lastLine(agent))
            .isEqualTo(
                "user-events: received="
                    + ForwardProgram.EVENTS
                    + ", sent=0, shutdown="
                    + ForwardProgram.EVENTS);
        assertThat(agent.process().waitFor()).isZero();
      } finally {
        agent.process().destroyForcibly();
      }
    }
  }

  private static ServerSocket endpoint() throws Exception {
    return new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  private static Hanging start(ServerSocket endpoint, String... options) throws Exception {
    List<String> arguments =
        List.of(
            "http://" + endpoint.getInetAddress().getHostAddress() + ":" + endpoint.getLocalPort(),
            "--health=0",
            "--timeout=1h",
            "--batch-delay=0s",
            "--self-metrics=0s");
    List<String> command =
        ChildProcess.java(List.of(), ForwardProgram.class, arguments.toArray(String[]::new));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    boolean isStarted = false;
    try {
      BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
      String health = "";
      while (health.isEmpty()) {
        String line = log.readLine();
        assertThat(line).as("a line with the health address").isNotNull();
        Matcher matcher = HEALTH.matcher(line);
        health = matcher.matches() ? matcher.group(1) : "";
      }
      Hanging agent = new Hanging(process, log, health, endpoint.accept());
      isStarted = true;
      return agent;
    } finally {
      if (!isStarted) {
        process.destroyForcibly();
      }
    }
  }

  private static void awaitEnding(Hanging agent) throws Exception {
    HttpRequest ready = HttpRequest.newBuilder(URI.create(agent.health() + "/ready")).build();
    HttpClient client = HttpClient.newHttpClient();
    while (!client
        .send(ready, HttpResponse.BodyHandlers.ofString())
        .body()
        .contains("the agent is ending")) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static String lastLine(Hanging agent) {
    return agent.log().lines().reduce("", (before, line) -> line);
  }
}
