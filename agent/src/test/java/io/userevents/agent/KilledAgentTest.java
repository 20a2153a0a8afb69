// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is killed again and again, with an endpoint that comes and goes. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledAgentTest {

  private static final int KILLS = 20;
  private static final int MAX_CYCLES = 25;

  @TempDir private Path spool;

  @Test
  void shouldSendAllThatWasSpooledAndSayWhatWasNot() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long first = 0;
    Set<Long> safe = new HashSet<>();
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      for (int kill = 0; kill < KILLS; kill++) {
        receiver.setDefault(
            random.nextInt(3) == 0 ? Behaviour.ok() : Behaviour.status(503, "away"));
        long count = killed(receiver, first, 1 + random.nextInt(MAX_CYCLES));
        for (long number = first; number < first + count; number++) {
          safe.add(number);
        }
        first += 1_000_000;
      }
      receiver.setDefault(Behaviour.ok());
      Forwarder last =
          Forwarder.builder("otlp_metrics")
              .setEndpoint(receiver.uri().toString())
              .setSpool(spool)
              .setTimeout(Duration.ofMinutes(2))
              .setSelfMetricsInterval(Duration.ZERO)
              .start(ScriptedSource::new);
      while (last.statistics().events(Outcome.IN_SPOOL) > 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      last.close();
      assertThat(last.statistics().events(Outcome.SENT)).isEqualTo(last.statistics().recovered());

      List<Long> received =
          Payloads.numbers(
              receiver.accepted().stream().map(ReceivedRequest::content).toList(), "killed");
      assertThat(new HashSet<>(received)).as("seed %s", seed).containsAll(safe);
      // A batch comes twice if the agent was killed between the answer and its mark.
      assertThat(repeatedRequests(receiver)).as("seed %s", seed).isLessThanOrEqualTo(KILLS);
    }
  }

  /** Runs an agent for some cycles; returns how many of its events it said were safe. */
  private long killed(OtlpReceiver receiver, long first, int cycles) throws Exception {
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledAgentProgram.class.getName(),
                receiver.uri().toString(),
                spool.toString(),
                Long.toString(first))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long safe = 0;
    try (BufferedReader lines = agent.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).startsWith("recovered ");
      for (int i = 0; i < cycles; i++) {
        safe = Long.parseLong(lines.readLine().substring("safe ".length()));
      }
    } finally {
      agent.destroyForcibly().waitFor();
    }
    return safe;
  }

  private static long repeatedRequests(OtlpReceiver receiver) {
    Set<Long> firsts = new HashSet<>();
    return receiver.accepted().stream()
        .map(request -> Payloads.numbers(List.of(request.content()), "killed").get(0))
        .filter(number -> !firsts.add(number))
        .count();
  }
}
