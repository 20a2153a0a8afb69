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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is killed again and again, with an endpoint that comes and goes. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledAgentTest {

  /** The header by which each agent tells its number. */
  static final String LIFE = "x-life";

  private static final int KILLS = 20;
  private static final int MAX_CYCLES = 25;
  private static final int MAX_DELAY_MS = 60;
  private static final int FIRST_OF_NEXT_LIFE = 1_000_000;

  private static final Pattern ACCOUNTS = Pattern.compile("received (\\d+) memory (\\d+)");

  /**
   * What a killed agent said.
   *
   * @param recovered the events that it found in the spool
   * @param received the events that it had received at the time of its last line
   * @param inMemory how many of these were in memory
   */
  private record Life(long recovered, long received, long inMemory) {}

  @TempDir private Path spool;

  @Test
  void shouldSendAllThatWasSpooledAndLoseNoMoreThanItsAccountsHaveInMemory() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Life> lives = new ArrayList<>();
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      for (int kill = 0; kill < KILLS; kill++) {
        receiver.setDefault(
            random.nextInt(3) == 0 ? Behaviour.ok() : Behaviour.status(503, "away"));
        lives.add(
            killed(receiver, kill, 1 + random.nextInt(MAX_CYCLES), random.nextInt(MAX_DELAY_MS)));
      }
      receiver.setDefault(Behaviour.ok());
      Forwarder last =
          Forwarder.builder("otlp_metrics")
              .setEndpoint(receiver.uri().toString())
              .setSpool(spool)
              .setTimeout(Duration.ofMinutes(2))
              .setSelfMetricsInterval(Duration.ZERO)
              .addHeader(LIFE, Integer.toString(KILLS))
              .start(ScriptedSource::new);
      while (last.statistics().events(Outcome.IN_SPOOL) > 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      last.close();
      assertThat(last.statistics().events(Outcome.SENT)).isEqualTo(last.statistics().recovered());
      lives.add(new Life(last.statistics().recovered(), 0, 0));

      for (int kill = 0; kill < KILLS; kill++) {
        check(receiver, lives, kill, "seed " + seed + " kill " + kill + " of " + lives);
      }
      // A batch comes twice if the agent was killed between the answer and its mark.
      assertThat(repeatedRequests(receiver)).as("seed %s", seed).isLessThanOrEqualTo(KILLS);
    }
  }

  private static void check(OtlpReceiver receiver, List<Life> lives, int kill, String how) {
    Set<Long> arrived = new TreeSet<>();
    Set<Long> arrivedLater = new HashSet<>();
    long first = (long) kill * FIRST_OF_NEXT_LIFE;
    for (ReceivedRequest request : receiver.accepted()) {
      boolean isLater = Integer.parseInt(request.headers().getOrDefault(LIFE, "")) > kill;
      for (long number : Payloads.numbers(List.of(request.content()), "killed")) {
        if (number >= first && number < first + FIRST_OF_NEXT_LIFE) {
          arrived.add(number);
        }
        if (isLater && number < first + FIRST_OF_NEXT_LIFE) {
          arrivedLater.add(number);
        }
      }
    }
    Life life = lives.get(kill);
    // Events leave memory in their order.
    assertThat(arrived)
        .as(how)
        .containsExactlyElementsOf(
            LongStream.range(first, first + arrived.size()).boxed().toList());
    assertThat(life.received() - arrived.size())
        .as("lost of those in the last accounts, %s", how)
        .isLessThanOrEqualTo(life.inMemory());
    assertThat(lives.get(kill + 1).recovered())
        .as("in the spool at the kill, %s", how)
        .isEqualTo(arrivedLater.size());
  }

  /** Runs an agent for some cycles, and kills it at a moment after that. */
  private Life killed(OtlpReceiver receiver, int kill, int cycles, int delayMs) throws Exception {
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledAgentProgram.class.getName(),
                receiver.uri().toString(),
                spool.toString(),
                Long.toString((long) kill * FIRST_OF_NEXT_LIFE),
                Integer.toString(kill))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = agent.inputReader(StandardCharsets.UTF_8)) {
      String recovered = lines.readLine();
      assertThat(recovered).startsWith("recovered ");
      String last = "";
      for (int i = 0; i < cycles; i++) {
        last = lines.readLine();
      }
      TimeUnit.MILLISECONDS.sleep(delayMs);
      // Unlike Process.destroyForcibly, this leaves the output to be read.
      agent.toHandle().destroyForcibly();
      agent.waitFor();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
      }
      Matcher accounts = ACCOUNTS.matcher(last);
      assertThat(accounts.matches()).as(last).isTrue();
      return new Life(
          Long.parseLong(recovered.substring("recovered ".length())),
          Long.parseLong(accounts.group(1)),
          Long.parseLong(accounts.group(2)));
    } finally {
      agent.destroyForcibly();
    }
  }

  private static long repeatedRequests(OtlpReceiver receiver) {
    Set<Long> firsts = new HashSet<>();
    return receiver.accepted().stream()
        .map(request -> Payloads.numbers(List.of(request.content()), "killed").get(0))
        .filter(number -> !firsts.add(number))
        .count();
  }
}
