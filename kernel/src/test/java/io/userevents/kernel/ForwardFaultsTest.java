// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.Conversation;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import io.userevents.agent.receiver.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command {@code forward} with an endpoint that fails in each way, and with a full disk. Each
 * point that an application has exported arrives, or is in the agent's accounts with the reason.
 */
@Tag("kernel")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardFaultsTest {

  private static final int RETRY_AFTER_SECONDS = 3;
  private static final int SLOW_BYTES_PER_SECOND = 1024;

  /** Pages for the lock, for the headers of a file, and for about fifty events. */
  private static final String DISK_SIZE = "size=32k";

  /** The agent leaves two batches of its memory free for the events that come next. */
  private static final String MEMORY_OF_5_BATCHES = "--memory=1M";

  private static final long BYTES_OF_3_BATCHES = 3 * ((128 << 10) + 8192);

  /** How many requests the agent had to send again, and how many were accepted twice, so far. */
  private record Repeats(long retried, long acceptedTwice) {}

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  /** The values that must have arrived, in their order. */
  private final List<Long> expected = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private ExportedValues values;

  @SuppressWarnings("NullAway.Init")
  private OtlpReceiver receiver;

  @SuppressWarnings("NullAway.Init")
  private ForwardProcess agent;

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  /** This is one test, because starting a JVM takes long on an emulated processor. */
  @Test
  void shouldDeliverEachPointOrAccountForItWhateverTheEndpointAndTheDiskDo() throws Exception {
    Path disk = mountSmallDisk();
    TestCertificates certificates =
        TestCertificates.in(folder)
            .add("good", "EC", null, "localhost")
            .add("other", "EC", null, "localhost");
    OtlpReceiver impostor = OtlpReceiver.startTls(certificates.server("other", null), false);
    open.add(impostor);
    receiver = impostor;
    agent =
        ForwardProcess.start(
            folder.resolve("agent.log"),
            impostor.uri().toString(),
            "--certificate=" + certificates.certificate("good"),
            "--spool=" + disk.resolve("spool"),
            "--batch-delay=500ms",
            "--batch-size=128K",
            MEMORY_OF_5_BATCHES,
            // The time that an endpoint costs that hangs.
            "--timeout=25s");
    open.add(agent);
    ExportingProcess application = ExportingProcess.start("a", folder.resolve("a.log"));
    open.add(application);
    values = new ExportedValues(application);

    certificateDoesNotFit(impostor, certificates);
    asksToWait();
    isUnavailable();
    refusesOneEvent();
    acceptsAPart();
    closesInTheMiddle();
    hangs();
    isSlow();
    diskIsFull();

    assertThat(agent.end()).isZero();
    assertThat(arrived()).isEqualTo(expected);
    assertThat(agent.log()).doesNotContain("Exception in thread", "SEVERE", "\tat ");
  }

  private void certificateDoesNotFit(OtlpReceiver impostor, TestCertificates certificates)
      throws Exception {
    export(2);
    agent.await(accounts -> accounts.inSpool() == 2 && accounts.requests("retried") > 0);
    assertThat(impostor.acceptedRequests()).isZero();
    impostor.close();
    receiver = OtlpReceiver.startTls(certificates.server("good", null), false, impostor.port());
    open.add(receiver);

    awaitAllSent();
  }

  private void asksToWait() throws Exception {
    AtomicLong askedNs = new AtomicLong();
    AtomicLong waitedNs = new AtomicLong();
    receiver.script(
        conversation -> {
          conversation.readBody();
          askedNs.set(System.nanoTime());
          Behaviour.retryLater(429, Integer.toString(RETRY_AFTER_SECONDS)).handle(conversation);
        },
        conversation -> {
          waitedNs.set(System.nanoTime() - askedNs.get());
          Behaviour.ok().handle(conversation);
        });
    Repeats before = repeats();
    export(2);

    assertThat(awaitAllSent().requests("retried")).isGreaterThan(before.retried());
    assertNoneTwice(before, 1);
    assertThat(waitedNs.get())
        .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(RETRY_AFTER_SECONDS));
  }

  private void isUnavailable() throws Exception {
    failsAndThenAccepts(Behaviour.status(503, "away"));
  }

  /** The events that are in one request with the refused one must arrive. */
  private void refusesOneEvent() throws Exception {
    AtomicLong poison = new AtomicLong();
    AtomicBoolean isHalved = new AtomicBoolean();
    receiver.setDefault(
        conversation -> {
          List<Long> content = content(conversation);
          if (content.contains(poison.get())) {
            isHalved.compareAndSet(false, content.size() > 1);
            Behaviour.status(400, "poison").handle(conversation);
          } else {
            Behaviour.ok().handle(conversation);
          }
        });
    Repeats before = repeats();
    long refused = 0;
    // On a slow machine, the events of a round may come in separate requests.
    while (!isHalved.get()) {
      export(1);
      poison.set(expected.get(expected.size() - 1) + 1);
      assertThat(values.export()).isEqualTo(poison.get());
      refused++;
      export(2);
      AgentAccounts accounts = awaitAllSent();
      assertThat(accounts.dropped("refused")).isEqualTo(refused);
      assertThat(accounts.dropped()).isEqualTo(refused);
      assertThat(accounts.requests("refused")).isPositive();
    }
    assertNoneTwice(before, 0);
    receiver.setDefault(Behaviour.ok());
  }

  private void acceptsAPart() throws Exception {
    receiver.script(Behaviour.partialSuccess(1, "too old"));
    Repeats before = repeats();
    export(2);

    AgentAccounts accounts = awaitAllSent();
    assertThat(accounts.value("points_rejected_total")).isEqualTo(1);
    assertNoneTwice(before, 0);
  }

  private void closesInTheMiddle() throws Exception {
    failsAndThenAccepts(Behaviour.closeInRequest(10), Behaviour.closeInResponse(503));
  }

  private void hangs() throws Exception {
    failsAndThenAccepts(Behaviour.hang());
  }

  private void isSlow() throws Exception {
    receiver.script(Behaviour.slow(SLOW_BYTES_PER_SECOND));
    Repeats before = repeats();
    export(8);

    awaitAllSent();
    assertNoneTwice(before, 0);
  }

  /** The spool keeps the oldest events, memory the newest, and those between are counted. */
  private void diskIsFull() throws Exception {
    AgentAccounts before = agent.await(accounts -> true);
    Repeats repeats = repeats();
    AtomicLong refused = new AtomicLong();
    receiver.setDefault(
        conversation -> {
          refused.incrementAndGet();
          Behaviour.status(503, "away").handle(conversation);
        });
    List<Long> written = new ArrayList<>();
    int oldest = 0;
    AgentAccounts now = before;
    while (now.dropped("memory_full") == 0) {
      oldest = (int) now.inSpool();
      for (int i = 0; i < 5; i++) {
        written.add(values.export());
      }
      now = agent.await(accounts -> true);
    }
    assertThat(oldest).isPositive();
    assertThat(agent.log()).contains("cannot write to the spool", "No space left on device");
    // A batch that is free takes the last event.
    agent.await(accounts -> accounts.value("memory_usage_bytes") <= BYTES_OF_3_BATCHES);
    written.add(values.export());
    receiver.setDefault(Behaviour.ok());
    long received = before.received() + written.size();
    AgentAccounts end =
        agent.await(
            accounts ->
                accounts.received() == received && accounts.inMemory() + accounts.inSpool() == 0);
    assertNoneTwice(repeats, refused.get());
    long lost = end.dropped() - before.dropped();
    assertThat(end.dropped("memory_full")).isEqualTo(lost);
    List<Long> all = arrived();
    List<Long> arrived = all.subList(expected.size(), all.size());
    assertThat(arrived)
        .hasSize((int) (written.size() - lost))
        .startsWith(written.subList(0, oldest).toArray(Long[]::new))
        .endsWith(written.get(written.size() - 1))
        .isSubsetOf(written);
    expected.addAll(arrived);
    assertThat(all).isEqualTo(expected).isSorted();

    // The disk has room again.
    failsAndThenAccepts(Behaviour.status(503, "away"));
  }

  /** Lets requests fail that hold two points, one after the other. */
  private void failsAndThenAccepts(Behaviour... failures) throws Exception {
    receiver.script(failures);
    Repeats before = repeats();
    export(2);

    assertThat(awaitAllSent().requests("retried"))
        .isGreaterThanOrEqualTo(before.retried() + failures.length);
    assertNoneTwice(before, failures.length);
  }

  private void export(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      expected.add(values.export());
    }
  }

  /** Waits until all that is expected is sent, and checks that it has arrived in order. */
  private AgentAccounts awaitAllSent() throws Exception {
    AgentAccounts accounts = agent.await(each -> each.sent() == expected.size());
    assertThat(accounts.inMemory() + accounts.inSpool()).isZero();
    assertThat(arrived()).isEqualTo(expected);
    return accounts;
  }

  /** The values in the order of their first arrival; {@link #assertNoneTwice} checks the others. */
  private List<Long> arrived() {
    return ExportedValues.in(receiver.accepted()).stream().distinct().toList();
  }

  /**
   * Checks that no request was accepted twice, except those that failed and were not scripted to:
   * on a very slow machine an answer may come after the time-out, and the agent sends the request
   * again, as it documents.
   *
   * @param scripted how many requests the receiver has let fail meanwhile
   */
  private void assertNoneTwice(Repeats before, long scripted) throws Exception {
    Repeats now = repeats();
    assertThat(now.acceptedTwice() - before.acceptedTwice())
        .as("accepted twice; %s before, %s now, %s scripted", before, now, scripted)
        .isLessThanOrEqualTo(Math.max(0, now.retried() - before.retried() - scripted));
  }

  private Repeats repeats() throws Exception {
    long acceptedTwice = 0;
    Set<Long> before = new HashSet<>();
    for (ReceivedRequest request : receiver.accepted()) {
      List<Long> content = ExportedValues.in(request.content());
      long known = content.stream().filter(before::contains).count();
      assertThat(known)
          .as("a request comes again as it was: %s", content)
          .isIn(0L, (long) content.size());
      acceptedTwice += known == 0 ? 0 : 1;
      before.addAll(content);
    }
    return new Repeats(agent.await(accounts -> true).requests("retried"), acceptedTwice);
  }

  private static List<Long> content(Conversation conversation) throws IOException {
    return ExportedValues.in(ExportMetricsServiceRequest.parseFrom(conversation.readBody()));
  }

  private Path mountSmallDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", DISK_SIZE, "tmpfs", disk.toString());
    open.add(() -> run("umount", disk.toString()));
    return disk;
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
