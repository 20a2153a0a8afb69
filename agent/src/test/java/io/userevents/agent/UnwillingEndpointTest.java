// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import io.userevents.agent.receiver.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent with endpoints that first fail, each in a different way, and then accept requests. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnwillingEndpointTest {

  private static final int EVENTS = 20;
  private static final int PID = (int) ProcessHandle.current().pid();

  /**
   * The time-out. It is longer than an answer takes on a busy machine, and it is the time that a
   * hanging endpoint costs.
   */
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  @TempDir private Path folder;

  static Stream<Arguments> unwilling() {
    return Stream.of(
        Arguments.of(Named.of("429", Behaviour.retryLater(429, "1")), false),
        Arguments.of(Named.of("503", Behaviour.status(503, "away")), false),
        Arguments.of(Named.of("503 with a date", Behaviour.retryLater(503, date())), false),
        Arguments.of(Named.of("closes in the request", Behaviour.closeInRequest(10)), false),
        Arguments.of(Named.of("closes before the answer", Behaviour.closeBeforeResponse()), false),
        Arguments.of(Named.of("hangs", Behaviour.hang()), false),
        Arguments.of(Named.of("does not read", Behaviour.hangWithoutReading()), false),
        Arguments.of(Named.of("takes it and hangs", acceptAndHang()), true),
        Arguments.of(Named.of("takes it and closes", acceptAndClose()), true));
  }

  private static String date() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(1));
  }

  private static Behaviour acceptAndHang() {
    return conversation -> {
      conversation.accept();
      conversation.awaitClientClose();
    };
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static Behaviour acceptAndClose() {
    return conversation -> {
      conversation.accept();
      conversation.close();
    };
  }

  @ParameterizedTest
  @MethodSource("unwilling")
  void shouldDeliverAllInTheEnd(Behaviour first, boolean mayRepeat) throws Exception {
    ScriptedSource source = new ScriptedSource();
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      receiver.script(first);
      Forwarder forwarder =
          Forwarder.builder("otlp_metrics")
              .setEndpoint(receiver.uri().toString())
              .setBatchDelay(Duration.ofMillis(20))
              .setTimeout(TIMEOUT)
              .setSpool(folder)
              .setSelfMetricsInterval(Duration.ZERO)
              .start(() -> source);
      for (int i = 0; i < EVENTS; i++) {
        source.write(Payloads.event("a", i, 1), PID);
      }
      while (forwarder.statistics().events(Outcome.SENT) < EVENTS) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      forwarder.close();

      List<Long> numbers =
          Payloads.numbers(
              receiver.accepted().stream().map(ReceivedRequest::content).toList(), "a");
      Set<Long> once = new HashSet<>(numbers);
      assertThat(once)
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, EVENTS).boxed().toList());
      if (!mayRepeat && forwarder.statistics().requestsRetried() == 1) {
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
      }
      ForwarderStatistics statistics = forwarder.statistics();
      assertThat(statistics.received()).isEqualTo(EVENTS);
      assertThat(statistics.dropped()).isZero();
      assertThat(statistics.requestsRetried()).isPositive();
    }
  }

  @Test
  void shouldDeliverToAnEndpointThatIsSlow() throws Exception {
    ScriptedSource source = new ScriptedSource();
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      receiver.setDefault(
          conversation -> {
            awaitQuietly(mayAnswer);
            Behaviour.slow(1024).handle(conversation);
          });
      Forwarder forwarder =
          Forwarder.builder("otlp_metrics")
              .setEndpoint(receiver.uri().toString())
              .setTimeout(Duration.ofMinutes(4))
              .setBatchDelay(Duration.ofMillis(20))
              .setSelfMetricsInterval(Duration.ZERO)
              .start(() -> source);
      source.write(Payloads.event("a", 0, 1), PID);
      receiver.awaitRequests(1);
      // The reader continues in the meantime.
      for (int i = 1; i < 10; i++) {
        source.write(Payloads.event("a", i, 1), PID);
      }
      while (!source.isRead()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      assertThat(forwarder.statistics().events(Outcome.SENT)).isZero();
      mayAnswer.countDown();
      forwarder.close(Duration.ofMinutes(4));

      assertThat(forwarder.statistics().events(Outcome.SENT)).isEqualTo(10);
      assertThat(receiver.acceptedPoints()).isEqualTo(10);
    }
  }

  /** A link that takes longer for a batch than a request may take. */
  @Test
  void shouldSendShorterRequestsOverASlowLink() throws Exception {
    ScriptedSource source = new ScriptedSource();
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      receiver.setDefault(Behaviour.slow(20 << 10));
      Forwarder forwarder =
          Forwarder.builder("otlp_metrics")
              .setEndpoint(receiver.uri().toString())
              .setTimeout(Duration.ofSeconds(1))
              .setBatchDelay(Duration.ofMillis(500))
              .setSpool(folder)
              .setSelfMetricsInterval(Duration.ZERO)
              .start(() -> source);
      for (int i = 0; i < EVENTS; i++) {
        source.write(Payloads.event("a", 100L * i, 100), PID);
      }
      while (forwarder.statistics().events(Outcome.SENT) < EVENTS) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      forwarder.close();

      assertThat(forwarder.statistics().events(Outcome.SENT)).isEqualTo(EVENTS);
      assertThat(receiver.acceptedRequests()).isGreaterThan(1);
    }
  }

  @Test
  void shouldKeepWhatACertificateThatDoesNotFitHoldsBack() throws Exception {
    ScriptedSource source = new ScriptedSource();
    TestCertificates certificates =
        TestCertificates.in(folder).add("server", "RSA", null, "localhost");
    try (OtlpReceiver receiver =
        OtlpReceiver.startTls(
            certificates.server("server", null), /* isClientCertificateNeeded= */ false)) {
      Forwarder forwarder =
          Forwarder.builder("otlp_metrics")
              .setEndpoint(receiver.uri().toString())
              .setBatchDelay(Duration.ofMillis(20))
              .setSpool(folder.resolve("spool"))
              .setSelfMetricsInterval(Duration.ZERO)
              .start(() -> source);
      source.write(Payloads.event("a", 0, 1), PID);
      while (forwarder.statistics().events(Outcome.IN_SPOOL) == 0) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertThat(forwarder.statistics().isEndpointUp()).isFalse();
      forwarder.close(Duration.ZERO);

      assertThat(receiver.acceptedRequests()).isZero();
      assertThat(forwarder.statistics().events(Outcome.IN_SPOOL)).isEqualTo(1);
    }
  }
}
