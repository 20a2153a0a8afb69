// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static io.userevents.agent.Forwarders.assertBalanced;
import static io.userevents.agent.Forwarders.await;
import static io.userevents.agent.Forwarders.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.internal.spool.FaultyDisk;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import io.userevents.listener.ListenerFailures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent whose source, reader, dispatcher or disk fails or hangs. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForwarderFaultsTest {

  private static final int PID = (int) ProcessHandle.current().pid();
  private static final Duration LONG = Duration.ofMinutes(2);

  /** The wait for a thread that hangs for ever. */
  private static final Duration SHORT = Duration.ofMillis(100);

  private static final int EVENTS = 20;

  @TempDir private Path folder;

  private final ScriptedSource source = new ScriptedSource();
  private final FaultyDisk disk = new FaultyDisk();
  private final CountDownLatch release = new CountDownLatch(1);
  private OtlpReceiver receiver;

  @BeforeEach
  void setUp() throws IOException {
    receiver = OtlpReceiver.start();
  }

  @AfterEach
  void tearDown() throws IOException {
    release.countDown();
    receiver.close();
  }

  @Test
  void shouldReadAgainAfterAFailureAndCountIt() throws Exception {
    AtomicInteger left = new AtomicInteger(3);
    source.setFault(
        () -> {
          if (left.getAndDecrement() > 0) {
            throw ListenerFailures.ofRead();
          }
        });
    try (Forwarder forwarder = builder().start(() -> source)) {
      write(0, EVENTS);
      receiver.awaitAcceptedPoints(EVENTS);
      forwarder.close(LONG);

      assertThat(numbers()).isEqualTo(range(EVENTS));
      assertThat(forwarder.statistics().readFailures()).isEqualTo(3);
      assertThat(forwarder.failure()).isEmpty();
      assertThat(forwarder.statistics().text()).contains("read_failures=3");
    }
  }

  @Test
  void shouldEndThoughTheLastReadsFail() throws Exception {
    Forwarder forwarder = builder().start(() -> source);
    write(0, EVENTS);
    receiver.awaitAcceptedPoints(EVENTS);
    source.setFault(
        () -> {
          if (source.isDetached()) {
            throw ListenerFailures.ofRead();
          }
        });

    forwarder.close(LONG);

    assertThat(forwarder.statistics().readFailures()).isEqualTo(3);
    assertThat(forwarder.failure()).isEmpty();
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldSayThatTheReaderHasFailedAndSendWhatItHas() throws Exception {
    Forwarder forwarder = builder().setHealthAddress(loopback()).start(() -> source);
    String url = "http:/" + forwarder.healthAddress().orElseThrow();
    assertThat(get(url + "/live").statusCode()).isEqualTo(200);
    assertThat(get(url + "/ready").statusCode()).isEqualTo(200);
    write(0, EVENTS);
    receiver.awaitAcceptedPoints(EVENTS);

    source.setFault(
        () -> {
          throw new IllegalStateException("a fault of the source");
        });
    await(() -> !forwarder.failure().isEmpty());

    assertThat(forwarder.failure()).isEqualTo("the reader has ended; see the log");
    for (String path : List.of("/live", "/ready")) {
      assertThat(get(url + path).statusCode()).isEqualTo(503);
      assertThat(get(url + path).body()).isEqualTo("the reader has ended; see the log\n");
    }
    forwarder.close(LONG);
    assertThat(forwarder.failure()).isEqualTo("the reader has failed; see the log");
    assertThat(forwarder.statistics().events(Outcome.SENT)).isEqualTo(EVENTS);
    assertBalanced(forwarder.statistics());
  }

  @Test
  void shouldSayThatTheDispatcherHasFailedAndCountWhatItLeaves() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    disk.setFault(
        () -> {
          throw new IllegalStateException("a fault of the disk's code");
        });
    Forwarder forwarder = startWithSpool();
    String url = "http:/" + forwarder.healthAddress().orElseThrow();
    write(0, EVENTS);
    await(() -> !forwarder.failure().isEmpty());
    assertThat(forwarder.failure()).isEqualTo("the dispatcher has ended; see the log");
    assertThat(get(url + "/live").statusCode()).isEqualTo(503);
    // The reader reads on, and hands over batches that nobody takes.
    write(EVENTS, EVENTS);
    await(() -> forwarder.statistics().received() == 2 * EVENTS);

    forwarder.close(LONG);

    assertThat(forwarder.failure()).isEqualTo("the dispatcher has failed; see the log");
    ForwarderStatistics statistics = forwarder.statistics();
    assertThat(statistics.events(Outcome.IN_MEMORY)).isZero();
    assertThat(statistics.events(Outcome.SHUTDOWN)).isEqualTo(2 * EVENTS);
    assertBalanced(statistics);
    assertPreviousRun(0, 1);
  }

  @Test
  void shouldEndAndTellItsAccountsThoughTheDiskHangs() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    disk.setFault(() -> awaitQuietly(release));
    Forwarder forwarder =
        builder()
            .setSpool(folder)
            .setSpoolOpener(disk::open)
            .setEndMargin(SHORT)
            .start(() -> source);
    write(0, EVENTS);
    await(() -> forwarder.statistics().received() == EVENTS);

    forwarder.close(Duration.ZERO);

    assertThat(forwarder.failure()).contains("the dispatcher hangs").contains("in_memory");
    assertThat(forwarder.statistics().text()).contains("received=20", "in_memory=20");
    assertThat(source.isClosed()).isTrue();
    assertBalanced(forwarder.statistics());
    // The thread that was left behind still saves them if the disk comes back.
    release.countDown();
    await(() -> forwarder.isEnded());
    assertThat(forwarder.statistics().events(Outcome.IN_SPOOL)).isEqualTo(EVENTS);
  }

  @Test
  void shouldEndThoughTheSourceHangs() throws Exception {
    Forwarder forwarder = builder().setEndMargin(SHORT).start(() -> source);
    write(0, EVENTS);
    receiver.awaitAcceptedPoints(EVENTS);
    await(() -> forwarder.statistics().events(Outcome.SENT) == EVENTS);
    CountDownLatch isHanging = new CountDownLatch(1);
    source.setFault(
        () -> {
          isHanging.countDown();
          awaitQuietly(release);
        });
    isHanging.await();

    forwarder.close(Duration.ZERO);

    assertThat(forwarder.failure()).startsWith("the reader hangs");
    assertThat(forwarder.statistics().text()).startsWith("received=20, sent=20");
  }

  @Test
  void shouldNotBeLiveIfAThreadHangs() throws Exception {
    AtomicLong aheadNs = new AtomicLong();
    source.setFault(() -> awaitQuietly(release));
    Forwarder forwarder =
        builder()
            .setNanoClock(() -> System.nanoTime() + aheadNs.get())
            .setHealthAddress(loopback())
            .start(() -> source);
    String url = "http:/" + forwarder.healthAddress().orElseThrow();
    assertThat(get(url + "/live").statusCode()).isEqualTo(200);

    aheadNs.set(TimeUnit.SECONDS.toNanos(1000));

    assertThat(get(url + "/live").statusCode()).isEqualTo(503);
    assertThat(get(url + "/live").body()).contains("the reader has not begun a cycle for 60 s");
    assertThat(get(url + "/metrics").body())
        .containsPattern(
            "agent_cycle_age_seconds\\{thread_name=\"user-events-reader\"} 10\\d\\d\\.")
        .containsPattern(
            "agent_cycle_age_seconds\\{thread_name=\"user-events-dispatcher\"} 10\\d\\d\\.");
    release.countDown();
    forwarder.close(LONG);
  }

  @Test
  void shouldCountWritesThatTheDiskRefusesAndTellTheNextAgentWhatWasLost() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    disk.setFault(
        () -> {
          throw new IOException("No space left on device");
        });
    Forwarder forwarder = startWithSpool();
    String url = "http:/" + forwarder.healthAddress().orElseThrow();
    write(0, EVENTS);
    await(() -> forwarder.statistics().spoolFailures() > 0);
    assertThat(get(url + "/metrics").body())
        .containsPattern(
            "spool_failures_total\\{user_events_agent_spool_operation=\"write\"} [1-9]");

    forwarder.close(Duration.ZERO);

    assertThat(forwarder.statistics().events(Outcome.SHUTDOWN)).isEqualTo(EVENTS);
    assertThat(forwarder.failure()).isEmpty();
    assertPreviousRun(EVENTS, 0);
    // That agent has ended in order, and has lost nothing.
    assertPreviousRun(0, 0);
  }

  @Test
  void shouldTellThatTheAgentBeforeItWasKilled() throws Exception {
    Path copy = folder.resolve("copy");
    Forwarder forwarder = builder().setSpool(folder.resolve("spool")).start(() -> source);
    write(0, 1);
    receiver.awaitAcceptedPoints(1);
    // As a killed agent leaves it.
    Files.createDirectory(copy);
    Files.copy(folder.resolve("spool").resolve("run"), copy.resolve("run"));
    forwarder.close(LONG);
    assertPreviousRun(copy, 0, 1);
    assertPreviousRun(copy, 0, 0);
    assertPreviousRun(folder.resolve("spool"), 0, 0);
  }

  @Test
  void shouldNotReportAStartThatHasFailedAsARun() throws Exception {
    builder().setSpool(folder).start(() -> source).close(LONG);
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), receiver.port());
    for (int i = 0; i < 2; i++) {
      try {
        builder().setSpool(folder).setHealthAddress(taken).start(ScriptedSource::new).close();
        throw new AssertionError("the address is in use");
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("health");
      }
    }
    assertPreviousRun(0, 0);
  }

  @Test
  void shouldExportDamageOfUnknownSize() throws Exception {
    receiver.setDefault(Behaviour.status(503, "away"));
    Forwarder first = builder().setSpool(folder).start(() -> source);
    write(0, 1);
    await(() -> first.statistics().events(Outcome.IN_SPOOL) == 1);
    first.close(Duration.ZERO);
    // Within the header of the only record, so nothing tells how many events it had.
    Path segment = folder.resolve("00000000000000000001.spool");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[4160 + 20] ^= 1;
    Files.write(segment, bytes);

    Forwarder second =
        builder().setSpool(folder).setHealthAddress(loopback()).start(ScriptedSource::new);
    String metrics = get("http:/" + second.healthAddress().orElseThrow() + "/metrics").body();
    second.close(Duration.ZERO);

    assertThat(metrics).contains("user_events_agent_spool_damaged_batches_total 1.0\n");
    assertThat(second.statistics().text()).contains("damaged_batches=1");
  }

  private void assertPreviousRun(long lost, int unfinished) throws Exception {
    assertPreviousRun(folder, lost, unfinished);
  }

  /** Starts another agent on the spool, and ends it in order. */
  private void assertPreviousRun(Path spool, long lost, int unfinished) throws Exception {
    Forwarder next =
        builder().setSpool(spool).setHealthAddress(loopback()).start(ScriptedSource::new);
    String metrics = get("http:/" + next.healthAddress().orElseThrow() + "/metrics").body();
    next.close(Duration.ZERO);

    assertThat(metrics)
        .contains("user_events_agent_previous_run_lost " + lost + ".0\n")
        .contains("user_events_agent_previous_run_unfinished " + unfinished + ".0\n");
  }

  private Forwarder startWithSpool() throws IOException {
    return builder()
        .setSpool(folder)
        .setSpoolOpener(disk::open)
        .setHealthAddress(loopback())
        .start(() -> source);
  }

  private ForwarderBuilder builder() {
    return Forwarder.builder("otlp_metrics")
        .setEndpoint(receiver.uri().toString())
        .setBatchDelay(Duration.ofMillis(20))
        .setTimeout(LONG)
        .setSelfMetricsInterval(Duration.ZERO);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private void write(long first, int events) {
    for (long i = first; i < first + events; i++) {
      source.write(Payloads.event("a", i, 1), PID);
    }
  }

  private List<Long> numbers() {
    return Payloads.numbers(
        receiver.accepted().stream().map(ReceivedRequest::content).toList(), "a");
  }

  private static List<Long> range(long end) {
    return LongStream.range(0, end).boxed().toList();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
