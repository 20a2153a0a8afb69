// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static io.userevents.agent.internal.http.Endpoints.LONG_MS;
import static io.userevents.agent.internal.http.Endpoints.SHORT_MS;
import static io.userevents.agent.internal.http.Endpoints.send;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.agent.internal.http.Answer.Failure;
import io.userevents.agent.internal.http.Answer.Kind;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.TestRequests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that are away, slow or broken. */
@Timeout(300)
class EndpointFailuresTest {

  private static final int LARGE_BYTES = 16 << 20;

  private final OtlpReceiver receiver;

  EndpointFailuresTest() throws IOException {
    receiver = OtlpReceiver.start();
  }

  @AfterEach
  void close() throws IOException {
    receiver.close();
  }

  @Test
  void shouldRetryWhenNobodyListens() throws Exception {
    receiver.close();
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint);

      assertRetryable(answer, Failure.CONNECT);
      assertThat(answer.status()).isZero();
      assertThat(answer.reason())
          .contains("localhost:" + receiver.port())
          .contains("while it was connecting")
          .containsAnyOf("refused", "check that a server listens");
    }
  }

  @Test
  void shouldReachAnEndpointThatHasComeBack() throws Exception {
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      receiver.close();
      assertRetryable(send(endpoint));
      try (OtlpReceiver again = OtlpReceiver.start(receiver.port())) {
        // The first request may still meet the connection that was closed.
        Answer answer = send(endpoint);
        if (answer.kind() == Kind.RETRYABLE) {
          answer = send(endpoint);
        }
        assertThat(answer.kind()).isEqualTo(Kind.ACCEPTED);
        assertThat(again.acceptedPoints()).isEqualTo(3);
      }
    }
  }

  @Test
  void shouldRetryWhenTheNameOfTheHostIsUnknown() throws Exception {
    // RFC 6761 reserves the name: no server may know it.
    EndpointSettings settings =
        EndpointSettings.builder().setUrl("http://host.invalid").setTimeoutMs(LONG_MS).build();
    try (OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
      Answer answer = send(endpoint);

      assertRetryable(answer, Failure.CONNECT);
      assertThat(answer.reason()).contains("host.invalid:80").contains("name of the host");
    }
  }

  @Test
  void shouldRetryWhenTheConnectionIsResetInTheRequest() throws Exception {
    receiver.setDefault(Behaviour.closeInRequest(1000));
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint, new byte[LARGE_BYTES]);

      assertRetryable(answer, Failure.SEND);
      assertThat(answer.reason()).contains("of " + LARGE_BYTES + " bytes of the request");
    }
  }

  @Test
  void shouldRetryWhenTheConnectionIsClosedBeforeTheResponse() throws Exception {
    receiver.setDefault(Behaviour.closeBeforeResponse());
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint);

      assertRetryable(answer, Failure.RECEIVE);
      assertThat(answer.status()).isZero();
      assertThat(answer.reason()).contains("while the answer was awaited");
    }
    assertThat(receiver.requestCount()).isEqualTo(1);
  }

  @Test
  void shouldRetryWhenTheBodyOfASuccessIsCut() throws Exception {
    receiver.setDefault(Behaviour.closeInResponse(200));
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint);

      assertRetryable(answer, Failure.RECEIVE);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.reason()).contains("while the body of the answer was read");
    }
  }

  @Test
  void shouldKeepToTheStatusOfARefusalWhoseBodyIsCut() throws Exception {
    receiver.script(Behaviour.closeInResponse(400), Behaviour.closeInResponse(413));
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      assertThat(send(endpoint).kind()).isEqualTo(Kind.REFUSED);
      assertThat(send(endpoint).kind()).isEqualTo(Kind.TOO_LARGE);
    }
  }

  @Test
  void shouldRetryWhenTheAnswerIsNoHttp() throws Exception {
    receiver.setDefault(
        conversation -> {
          conversation.readBody();
          conversation.write("220 mail.example ESMTP\r\n");
          conversation.close();
        });
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      assertRetryable(send(endpoint));
    }
  }

  @Test
  void shouldTimeOutWhenTheEndpointNeverAnswers() throws Exception {
    CountDownLatch isClosedByClient = new CountDownLatch(1);
    receiver.setDefault(
        conversation -> {
          try {
            conversation.readBody();
            conversation.awaitClientClose();
          } finally {
            isClosedByClient.countDown();
          }
        });
    try (OtlpEndpoint endpoint = Endpoints.toWithin(receiver, SHORT_MS)) {
      do {
        Answer answer = send(endpoint);

        assertRetryable(answer, Failure.TIMEOUT);
        assertThat(answer.reason()).contains("no complete answer in " + SHORT_MS + " ms");
        // On a slow machine the time may be over before the request has come.
      } while (receiver.requestCount() == 0);
      isClosedByClient.await();
    }
  }

  @Test
  void shouldTimeOutWhenTheEndpointDoesNotReadTheRequest() throws Exception {
    receiver.setDefault(Behaviour.hangWithoutReading());
    try (OtlpEndpoint endpoint = Endpoints.toWithin(receiver, SHORT_MS)) {
      assertRetryable(send(endpoint, new byte[64 << 20]), Failure.TIMEOUT);
    }
  }

  @Test
  void shouldTimeOutWhenNobodyTakesTheConnection() throws Exception {
    // Its queue is full with one connection, and the server accepts none.
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      EndpointSettings settings =
          EndpointSettings.builder()
              .setUrl("http://localhost:" + server.getLocalPort())
              .setTimeoutMs(SHORT_MS)
              .build();
      try (OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
        for (int i = 0; i < 4; i++) {
          assertRetryable(send(endpoint), Failure.TIMEOUT);
        }
      }
    }
  }

  @Test
  void shouldTimeOutWhenTheBodyOfASuccessNeverEnds() throws Exception {
    receiver.setDefault(Behaviour.endlessBody(200, new byte[] {'x'}, 20));
    try (OtlpEndpoint endpoint = Endpoints.toWithin(receiver, SHORT_MS)) {
      Answer answer;
      do {
        answer = send(endpoint);
        assertRetryable(answer, Failure.TIMEOUT);
        // On a slow machine the time may be over before the head of the answer has come.
      } while (answer.status() == 0);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.reason()).contains("while the body of the answer was read");
    }
  }

  @Test
  void shouldKeepToTheStatusOfARefusalWhoseBodyNeverEnds() throws Exception {
    receiver.setDefault(Behaviour.endlessBody(400, new byte[] {'x'}, 20));
    try (OtlpEndpoint endpoint = Endpoints.toWithin(receiver, SHORT_MS)) {
      Answer answer;
      do {
        answer = send(endpoint);
        // On a slow machine the time may be over before the head of the answer has come.
      } while (answer.status() == 0);
      assertThat(answer.kind()).isEqualTo(Kind.REFUSED);
      assertThat(answer.status()).isEqualTo(400);
    }
  }

  @Test
  void shouldReadNoMoreOfAnEndlessBodyThanItNeeds() throws Exception {
    AtomicLong sentBytes = new AtomicLong();
    CountDownLatch isClosedByClient = new CountDownLatch(1);
    receiver.setDefault(
        conversation -> {
          conversation.readBody();
          conversation.write("HTTP/1.1 400 X\r\nContent-Type: text/plain\r\n\r\ntoo long\n");
          byte[] more = new byte[8192];
          try {
            while (true) {
              conversation.write(more);
              sentBytes.addAndGet(more.length);
            }
          } finally {
            isClosedByClient.countDown();
          }
        });
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint);

      assertThat(answer.kind()).isEqualTo(Kind.REFUSED);
      assertThat(answer.reason()).isEqualTo("HTTP 400: too long");
      isClosedByClient.await();
      // The buffers of the sockets hold some, too.
      assertThat(sentBytes.get()).isLessThan(64 << 20);
    }
  }

  @Test
  void shouldTakeASlowEndpointWithinTheTime() throws Exception {
    byte[] request = TestRequests.ofPoints(40).toByteArray();
    receiver.setDefault(Behaviour.slow(1024));
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      assertThat(send(endpoint, request).kind()).isEqualTo(Kind.ACCEPTED);
    }
    assertThat(receiver.acceptedPoints()).isEqualTo(40);
  }

  @Test
  void shouldSendNothingOfTheArrayOnceTheFutureIsComplete() throws Exception {
    CountDownLatch hasTimedOut = new CountDownLatch(1);
    CountDownLatch isRead = new CountDownLatch(1);
    AtomicLong changedBytes = new AtomicLong();
    receiver.setDefault(
        conversation -> {
          awaitQuietly(hasTimedOut);
          try {
            while (true) {
              if (conversation.readSome(1)[0] != 0) {
                changedBytes.incrementAndGet();
              }
            }
          } finally {
            isRead.countDown();
          }
        });
    byte[] request = new byte[LARGE_BYTES];
    try (OtlpEndpoint endpoint = Endpoints.toWithin(receiver, SHORT_MS)) {
      do {
        Arrays.fill(request, (byte) 0);
        CompletableFuture<Answer> answer =
            endpoint
                .send(request, 0, request.length)
                .whenComplete((outcome, failure) -> Arrays.fill(request, (byte) 1));

        assertRetryable(answer.get(), Failure.TIMEOUT);
        // On a slow machine the time may be over before the request has come.
      } while (receiver.requestCount() == 0);
      hasTimedOut.countDown();
      isRead.await();
    }
    assertThat(changedBytes).hasValue(0);
  }

  @Test
  void shouldHearOfATooLargeRequestBeforeItIsSentWhole() throws Exception {
    receiver.setDefault(
        conversation -> {
          conversation.respondStatus(413, Map.of(), "at most 1 MiB");
          conversation.awaitClientClose();
        });
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint, new byte[LARGE_BYTES]);

      assertThat(answer.kind()).isEqualTo(Kind.TOO_LARGE);
      assertThat(answer.reason()).isEqualTo("HTTP 413: at most 1 MiB");
    }
  }

  @Test
  void shouldTellThatAConnectionBrokeWhileATooLargeRequestWasSent() throws Exception {
    receiver.setDefault(
        conversation -> {
          conversation.readSome(100_000);
          conversation.respondStatus(413, Map.of(), "at most 100 kB");
          conversation.close();
        });
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint, new byte[LARGE_BYTES]);

      // The reset may overtake the answer.
      if (answer.kind() != Kind.TOO_LARGE) {
        assertRetryable(answer, Failure.SEND);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldGiveAnAnswerWhateverTheEndpointSends(long seed) throws Exception {
    byte[] sound =
        ("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nRetry-After: 1\r\n"
                + "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n0123456789ab")
            .getBytes(ISO_8859_1);
    Random random = new Random(seed);
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      for (int i = 0; i < 50; i++) {
        byte[] damaged = Arrays.copyOf(sound, 1 + random.nextInt(sound.length));
        for (int changes = random.nextInt(4); changes > 0; changes--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        receiver.setDefault(
            conversation -> {
              conversation.readBody();
              conversation.write(damaged);
              conversation.close();
            });

        Answer answer = send(endpoint);

        assertThat(answer.reason()).as(() -> new String(damaged, ISO_8859_1)).isNotBlank();
        assertThat(answer.failure() == Failure.NONE || answer.kind() == Kind.RETRYABLE)
            .as(answer::toString)
            .isTrue();
      }
    }
  }

  @Test
  void shouldIgnoreInterimAnswers() throws Exception {
    receiver.setDefault(
        conversation -> {
          conversation.write("HTTP/1.1 100 Continue\r\n\r\n");
          Behaviour.ok().handle(conversation);
        });
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  @Test
  void shouldReadABodyInChunks() throws Exception {
    receiver.setDefault(
        conversation -> {
          conversation.readBody();
          conversation.write(
              "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsoon\r\n0\r\n\r\n");
          conversation.close();
        });
    try (OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      assertThat(send(endpoint).reason()).isEqualTo("HTTP 503: soon");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void assertRetryable(Answer answer, Failure failure) {
    assertRetryable(answer);
    assertThat(answer.failure()).as(answer.reason()).isEqualTo(failure);
  }

  private static void assertRetryable(Answer answer) {
    assertThat(answer.kind()).as(answer.reason()).isEqualTo(Kind.RETRYABLE);
    assertThat(answer.retryAfterMs()).isEqualTo(-1);
    assertThat(answer.reason()).isNotBlank();
  }
}
