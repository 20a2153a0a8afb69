// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command {@code forward} that is killed at random moments while an application exports, each
 * time followed by a new agent with the same spool.
 *
 * <p>Of the events of a killed agent, the first ones arrive, and at least those that its accounts
 * had as sent or in the spool. The others are gone: those that waited in its memory, and those in
 * the kernel's buffers that it had not read. So of the events that an agent had received at its
 * last accounts, no more are lost than these have in memory. The accounts of the next agent have as
 * recovered what was in the spool at the kill, whatever the endpoint did.
 *
 * <p>More kills: {@code -Duserevents.kills=20}; the kills of a run once more: {@code
 * -Duserevents.seed=N}.
 */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardKillsTest {

  static final String KILLS_PROPERTY = "userevents.kills";
  static final String SEED_PROPERTY = "userevents.seed";

  private static final int DEFAULT_KILLS = 3;

  /** The longest time from the first export until the kill. */
  private static final int MAX_LIFE_MS = 4_000;

  /**
   * With these, memory has room for 479 batches. While it is not half full, events leave it in
   * their order, and those that are safe are the first ones.
   */
  private static final List<String> BATCHES = List.of("--batch-size=128K", "--batch-delay=250ms");

  /** The header by which each agent tells its number. */
  private static final String LIFE = "x-life";

  private enum Endpoint {
    ACCEPTS,
    AWAY,
    HANGS;

    Behaviour behaviour() {
      return switch (this) {
        case ACCEPTS -> Behaviour.ok();
        case AWAY -> Behaviour.status(503, "away");
        case HANGS -> Behaviour.hang();
      };
    }
  }

  /**
   * The life of an agent.
   *
   * @param isQuiet whether it had received all that was written when it was killed
   * @param recovered the events that it found in the spool
   * @param written the values that the application wrote while the agent was attached
   * @param last its last accounts
   */
  private record Life(
      Endpoint endpoint, boolean isQuiet, long recovered, List<Long> written, AgentAccounts last) {

    /** How many events were in the spool or sent at the time of the accounts. */
    int safe() {
      return (int) (last.received() - last.inMemory());
    }
  }

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Life> lives = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private OtlpReceiver receiver;

  @SuppressWarnings("NullAway.Init")
  private ExportedValues values;

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  @Test
  void shouldSendWhatKilledAgentsHadInTheSpoolAndTellHowMuchIsLost() throws Exception {
    int kills = Integer.getInteger(KILLS_PROPERTY, DEFAULT_KILLS);
    long seed = Long.getLong(SEED_PROPERTY, System.nanoTime());
    System.out.printf("forward killed: -Duserevents.kills=%d -Duserevents.seed=%d%n", kills, seed);
    Random random = new Random(seed);
    receiver = OtlpReceiver.start();
    open.add(receiver);
    ExportingProcess application = ExportingProcess.start("a", folder.resolve("a.log"));
    open.add(application);
    values = new ExportedValues(application);

    List<Endpoint> endpoints = new ArrayList<>();
    for (int kill = 0; kill < kills; kill++) {
      if (endpoints.isEmpty()) {
        endpoints.addAll(List.of(Endpoint.values()));
        Collections.shuffle(endpoints, random);
      }
      Endpoint endpoint = endpoints.remove(0);
      // Each endpoint has kills of both kinds, also in a run of six.
      boolean isQuiet = (endpoint == Endpoint.HANGS) == (kill / Endpoint.values().length % 2 == 0);
      lives.add(live(endpoint, isQuiet, random.nextInt(MAX_LIFE_MS)));
    }
    receiver.setDefault(Behaviour.ok());
    ForwardProcess agent = start();
    long recovered = agent.await(accounts -> true).recovered();
    long first = values.export();
    long last = values.export();
    AgentAccounts end =
        agent.await(
            accounts -> accounts.received() == 2 && accounts.inMemory() + accounts.inSpool() == 0);
    assertThat(agent.end()).isZero();

    assertThat(end.sent()).isEqualTo(recovered + 2);
    List<Long> arrived = ExportedValues.in(receiver.accepted());
    assertThat(arrived).endsWith(first, last);
    // A batch comes twice if the agent was killed between the answer and its mark in the spool.
    assertThat(repeatedRequests()).isLessThanOrEqualTo(kills);
    List<Long> once = arrived.stream().distinct().toList();
    assertThat(once).as("also after a kill in the order of the application").isSorted();
    report(new HashSet<>(arrived), recovered);
    for (int i = 0; i < lives.size(); i++) {
      check(
          lives.get(i),
          new HashSet<>(arrived),
          i + 1 < kills ? lives.get(i + 1).recovered() : recovered,
          arrivedAfterKill(i));
    }
  }

  /** Lets an agent live for some time while the application exports, and kills it. */
  private Life live(Endpoint endpoint, boolean isQuiet, int ms) throws Exception {
    receiver.setDefault(endpoint.behaviour());
    ForwardProcess agent = start();
    AgentAccounts last = agent.await(accounts -> true);
    long recovered = last.recovered();
    List<Long> written = new ArrayList<>();
    if (endpoint != Endpoint.HANGS) {
      // On a slow machine, the agent would be killed before anything is safe.
      written.add(values.export());
      last = agent.await(accounts -> accounts.received() - accounts.inMemory() == 1);
    }
    if (isQuiet) {
      long startNs = System.nanoTime();
      do {
        written.add(values.export());
      } while (System.nanoTime() - startNs < TimeUnit.MILLISECONDS.toNanos(ms));
      last = agent.await(accounts -> accounts.received() == written.size());
      agent.kill();
      return new Life(endpoint, isQuiet, recovered, written, last);
    }
    Thread killer =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(ms);
                agent.kill();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    killer.start();
    while (agent.isAlive()) {
      for (int i = 0; i < 3; i++) {
        long value = values.tryExport();
        if (value > 0) {
          written.add(value);
        }
      }
      try {
        last = agent.await(accounts -> true);
      } catch (IOException e) {
        assertThat(agent.isAlive()).as(agent.log()).isFalse();
      }
    }
    killer.join();
    return new Life(endpoint, isQuiet, recovered, written, last);
  }

  private ForwardProcess start() throws Exception {
    ForwardProcess agent =
        ForwardProcess.start(
            Files.createTempFile(folder, "agent", ".log"),
            receiver.uri().toString(),
            "--spool=" + folder.resolve("spool"),
            "--header=" + LIFE + "=" + lives.size(),
            BATCHES.get(0),
            BATCHES.get(1));
    open.add(agent);
    return agent;
  }

  /** How many events of killed agents, up to one of a number, arrived from agents after it. */
  private long arrivedAfterKill(int life) {
    long last =
        lives.subList(0, life + 1).stream()
            .flatMap(each -> each.written().stream())
            .mapToLong(Long::longValue)
            .max()
            .orElse(0);
    return receiver.accepted().stream()
        .filter(request -> Integer.parseInt(request.headers().getOrDefault(LIFE, "")) > life)
        .flatMap(request -> ExportedValues.in(request.content()).stream())
        .filter(value -> value <= last)
        .distinct()
        .count();
  }

  private static void check(
      Life life, Set<Long> arrived, long recoveredNext, long arrivedAfterKill) {
    List<Long> written = life.written();
    List<Long> ofLife = written.stream().filter(arrived::contains).toList();
    AgentAccounts last = life.last();
    assertThat(ofLife)
        .as("the first ones, of %s", life)
        .isEqualTo(written.subList(0, ofLife.size()));
    assertThat(last.received() - ofLife.size())
        .as("lost of those in the last accounts of %s", life)
        .isLessThanOrEqualTo(last.inMemory());
    if (life.isQuiet()) {
      int lost = written.size() - ofLife.size();
      assertThat((long) lost).as("lost of %s", life).isLessThanOrEqualTo(last.inMemory());
      if (life.endpoint() == Endpoint.HANGS) {
        // Nothing leaves memory between the accounts and the kill.
        assertThat((long) lost).as("lost of %s", life).isEqualTo(last.inMemory()).isPositive();
      }
    }
    assertThat(recoveredNext)
        .as("in the spool when %s was killed", life)
        .isEqualTo(arrivedAfterKill);
    if (life.endpoint() != Endpoint.ACCEPTS) {
      assertThat(recoveredNext)
          .as("what the next agent recovers after %s", life)
          .isEqualTo(life.recovered() + ofLife.size());
    }
  }

  private void report(Set<Long> arrived, long recovered) {
    long written = 0;
    long safe = 0;
    long came = 0;
    for (int i = 0; i < lives.size(); i++) {
      Life life = lives.get(i);
      long ofLife = life.written().stream().filter(arrived::contains).count();
      System.out.printf(
          "kill %d: %s%s recovered=%d written=%d safe=%d arrived=%d lost=%d last accounts: memory=%d spool=%d%n",
          i + 1,
          life.endpoint(),
          life.isQuiet() ? ", all read," : "",
          life.recovered(),
          life.written().size(),
          life.safe(),
          ofLife,
          life.written().size() - ofLife,
          life.last().inMemory(),
          life.last().inSpool());
      written += life.written().size();
      safe += life.safe();
      came += ofLife;
    }
    System.out.printf(
        "forward killed %d times: written=%d safe=%d arrived=%d lost=%d recovered by the last=%d"
            + " repeated requests=%d%n",
        lives.size(), written, safe, came, written - came, recovered, repeatedRequests());
  }

  private long repeatedRequests() {
    Set<Long> before = new HashSet<>();
    long repeated = 0;
    for (ReceivedRequest request : receiver.accepted()) {
      List<Long> content = ExportedValues.in(request.content());
      repeated += before.addAll(content) ? 0 : 1;
    }
    return repeated;
  }
}
