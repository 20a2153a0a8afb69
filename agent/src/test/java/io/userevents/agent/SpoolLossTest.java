// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent's accounts of events that its spool could not keep. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoolLossTest {

  private static final int BATCH_BYTES = 128 << 10;
  private static final int POINTS = 1000;
  private static final int BATCHES = 6;

  /** The dispatcher keeps all batches in memory except the two that are free for the reader. */
  private static final long MAX_MEMORY_BYTES = (BATCHES - 2) * Batch.memoryBytes(BATCH_BYTES);

  private static final int PID = (int) ProcessHandle.current().pid();

  @TempDir private Path folder;
  private final ScriptedSource source = new ScriptedSource();
  private OtlpReceiver receiver;
  private long events;

  @BeforeEach
  void setUp() throws IOException {
    receiver = OtlpReceiver.start();
    receiver.setDefault(Behaviour.status(503, "away"));
  }

  @AfterEach
  void tearDown() throws IOException {
    receiver.close();
  }

  @Test
  void shouldCountTheOldestOfAFullSpool() throws Exception {
    Forwarder forwarder = start(builder().setSpool(folder).setSpoolMaxBytes(1 << 20));
    writeUntil(forwarder, Outcome.SPOOL_FULL);

    assertNewestArrive(forwarder);
    assertThat(forwarder.statistics().spoolBytes()).isLessThanOrEqualTo(1 << 20);
  }

  @Test
  void shouldCountWhatHasExpired() throws Exception {
    Forwarder forwarder = start(builder().setSpool(folder).setSpoolMaxAge(Duration.ofMillis(300)));
    for (int i = 0; i < 20; i++) {
      write(forwarder);
    }

    // Also the batch that is sent again and again.
    await(() -> forwarder.statistics().events(Outcome.SPOOL_EXPIRED) == events);
    forwarder.close();

    assertBalanced(forwarder);
    assertThat(receiver.acceptedRequests()).isZero();
  }

  @Test
  void shouldGoOnInMemoryWhileTheDiskIsFull() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    int status = run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.toString());
    if (status != 0) {
      System.out.println("skipped: a full disk needs the right to mount a tmpfs");
    }
    assumeTrue(status == 0, "no right to mount a tmpfs");
    try {
      Forwarder forwarder = start(builder().setSpool(disk.resolve("spool")));
      writeUntil(forwarder, Outcome.MEMORY_FULL);
      assertThat(forwarder.statistics().events(Outcome.IN_SPOOL)).isPositive();

      receiver.setDefault(Behaviour.ok());
      await(() -> pending(forwarder) == 0);
      forwarder.close();

      assertBalanced(forwarder);
      assertThat(numbers()).isSorted().doesNotHaveDuplicates();
    } finally {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  private void assertNewestArrive(Forwarder forwarder) throws Exception {
    assertBalanced(forwarder);
    receiver.setDefault(Behaviour.ok());
    long last = events;
    write(forwarder);
    await(() -> pending(forwarder) == 0);
    forwarder.close();

    List<Long> numbers = numbers();
    assertThat(numbers).isSorted().doesNotHaveDuplicates().contains((last + 1) * POINTS - 1);
    ForwarderStatistics statistics = forwarder.statistics();
    assertThat(statistics.dropped()).isPositive();
    assertThat(numbers).hasSize((int) (statistics.events(Outcome.SENT) * POINTS));
    assertBalanced(forwarder);
  }

  private void writeUntil(Forwarder forwarder, Outcome outcome) throws Exception {
    while (forwarder.statistics().events(outcome) == 0) {
      write(forwarder);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /**
   * Writes an event and waits until the dispatcher has made room for the next one. Otherwise, while
   * the dispatcher is held up, the reader has no free batch and drops the newest event.
   */
  private void write(Forwarder forwarder) throws InterruptedException {
    source.write(Payloads.event("a", events * POINTS, POINTS), PID);
    events++;
    await(() -> forwarder.statistics().received() == events);
    await(() -> forwarder.statistics().memoryBytes() <= MAX_MEMORY_BYTES);
  }

  private List<Long> numbers() {
    return Payloads.numbers(
        receiver.accepted().stream().map(ReceivedRequest::content).toList(), "a");
  }

  private ForwarderBuilder builder() {
    return Forwarder.builder("otlp_metrics")
        .setEndpoint(receiver.uri().toString())
        .setBatchDelay(Duration.ofMillis(20))
        .setBatchBytes(BATCH_BYTES)
        .setMemoryBytes((BATCHES + 2) * Batch.memoryBytes(BATCH_BYTES))
        // A request whose answer comes too late on a busy machine would be sent twice.
        .setTimeout(Duration.ofMinutes(2))
        .setSelfMetricsInterval(Duration.ZERO);
  }

  private Forwarder start(ForwarderBuilder builder) throws IOException {
    return builder.start(() -> source);
  }

  private static long pending(Forwarder forwarder) {
    ForwarderStatistics statistics = forwarder.statistics();
    return statistics.events(Outcome.IN_MEMORY) + statistics.events(Outcome.IN_SPOOL);
  }

  private static void assertBalanced(Forwarder forwarder) {
    ForwarderStatistics statistics = forwarder.statistics();
    long sum = 0;
    for (Outcome outcome : Outcome.values()) {
      sum += statistics.events(outcome);
    }
    assertThat(sum).as(statistics.text()).isEqualTo(statistics.received());
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
