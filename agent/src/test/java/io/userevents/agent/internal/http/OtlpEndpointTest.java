// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static io.userevents.agent.internal.http.Endpoints.request;
import static io.userevents.agent.internal.http.Endpoints.send;
import static io.userevents.agent.internal.http.Endpoints.settings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.userevents.agent.internal.health.HealthServer;
import io.userevents.agent.internal.http.Answer.Failure;
import io.userevents.agent.internal.http.Answer.Kind;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.ReceivedRequest;
import io.userevents.agent.receiver.TestRequests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of endpoints that keep to HTTP. */
@Timeout(300)
class OtlpEndpointTest {

  private OtlpReceiver receiver;
  private OtlpEndpoint endpoint;

  OtlpEndpointTest() throws IOException {
    receiver = OtlpReceiver.start();
    endpoint = Endpoints.to(receiver);
  }

  @BeforeEach
  void isOpen() {
    assertThat(endpoint.uri()).isEqualTo(receiver.uri());
  }

  @AfterEach
  void close() throws IOException {
    endpoint.close();
    receiver.close();
  }

  @Test
  void shouldSendTheBytesAsAnOtlpRequest() throws Exception {
    Answer answer = send(endpoint);

    assertThat(answer.kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(answer.failure()).isEqualTo(Failure.NONE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.reason()).isEqualTo("HTTP 200");
    assertThat(answer.retryAfterMs()).isEqualTo(-1);
    assertThat(answer.rejectedPoints()).isZero();
    assertThat(answer.partialMessage()).isEmpty();
    ReceivedRequest received = receiver.accepted().get(0);
    assertThat(received.content()).isEqualTo(TestRequests.ofPoints(3));
    assertThat(received.path()).isEqualTo("/v1/metrics");
    assertThat(received.bodyBytes()).isEqualTo(request().length);
    assertThat(received.headers())
        .containsEntry("content-type", "application/x-protobuf")
        .containsEntry("user-agent", "user-events-agent")
        .containsEntry("content-length", Integer.toString(request().length))
        .doesNotContainKeys("content-encoding", "upgrade", "http2-settings", "expect");
  }

  @Test
  void shouldSendThePartOfTheArrayThatIsNamed() throws Exception {
    byte[] request = request();
    byte[] array = new byte[request.length + 20];
    Arrays.fill(array, (byte) -1);
    System.arraycopy(request, 0, array, 7, request.length);

    assertThat(endpoint.send(array, 7, request.length).get().kind()).isEqualTo(Kind.ACCEPTED);

    assertThat(receiver.accepted().get(0).content()).isEqualTo(TestRequests.ofPoints(3));
  }

  @Test
  void shouldSendAnEmptyRequest() throws Exception {
    assertThat(send(endpoint, new byte[0]).kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(receiver.accepted().get(0).content())
        .isEqualTo(ExportMetricsServiceRequest.getDefaultInstance());
  }

  @Test
  void shouldSendSeveralRequestsOverOneConnection() throws Exception {
    receiver.script(
        Behaviour.ok(),
        Behaviour.status(503, "away"),
        Behaviour.status(400, "bad"),
        Behaviour.partialSuccess(1, "no"));
    for (int i = 0; i < 20; i++) {
      send(endpoint);
    }

    assertThat(receiver.requestCount()).isEqualTo(20);
    assertThat(receiver.connectionCount()).isEqualTo(1);
  }

  @Test
  void shouldSendConcatenatedRequestsThatAreLongerThanAPiece() throws Exception {
    byte[] one = TestRequests.ofPoints(1000).toByteArray();
    byte[] many = new byte[one.length * 100];
    for (int i = 0; i < 100; i++) {
      System.arraycopy(one, 0, many, i * one.length, one.length);
    }
    assertThat(many.length).isGreaterThan(10 * ArrayPublisher.PIECE_BYTES);

    assertThat(send(endpoint, many).kind()).isEqualTo(Kind.ACCEPTED);

    assertThat(receiver.acceptedPoints()).isEqualTo(100_000);
    assertThat(receiver.accepted().get(0).bodyBytes()).isEqualTo(many.length);
  }

  @Test
  void shouldCompressWhenAsked() throws Exception {
    try (OtlpEndpoint compressing =
        OtlpEndpoint.create(settings(receiver).setCompression(Compression.GZIP).build())) {
      for (int points : new int[] {100_000, 3, 50_000}) {
        byte[] request = TestRequests.ofPoints(points).toByteArray();
        assertThat(send(compressing, request).kind()).isEqualTo(Kind.ACCEPTED);
        ReceivedRequest received = receiver.accepted().get(receiver.accepted().size() - 1);
        assertThat(received.content()).isEqualTo(TestRequests.ofPoints(points));
        assertThat(received.headers()).containsEntry("content-encoding", "gzip");
        if (points > 3) {
          assertThat(received.bodyBytes()).isLessThan(request.length / 2);
        }
      }
    }
  }

  @Test
  void shouldSendTheHeadersOfTheSettings() throws Exception {
    EndpointSettings settings =
        settings(receiver)
            .setEnvironment(
                Map.of("OTEL_EXPORTER_OTLP_HEADERS", "api-key=from%20environment,x-a=1"))
            .addHeader("API-Key", "from option")
            .setUserAgent("user-events-agent/1.2.3")
            .build();
    try (OtlpEndpoint own = OtlpEndpoint.create(settings)) {
      assertThat(send(own).kind()).isEqualTo(Kind.ACCEPTED);
    }

    assertThat(receiver.accepted().get(0).headers())
        .containsEntry("api-key", "from option")
        .containsEntry("x-a", "1")
        .containsEntry("user-agent", "user-events-agent/1.2.3");
  }

  @Test
  void shouldTellHowManyPointsAnEndpointRejected() throws Exception {
    receiver.script(Behaviour.partialSuccess(2, "two points\nare too old"));

    Answer answer = send(endpoint);

    assertThat(answer.kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(answer.rejectedPoints()).isEqualTo(2);
    assertThat(answer.partialMessage()).isEqualTo("two points are too old");
  }

  @Test
  void shouldTellAWarningOfAnEndpointThatRejectedNothing() throws Exception {
    receiver.script(Behaviour.partialSuccess(0, "this version ends soon"));

    Answer answer = send(endpoint);

    assertThat(answer.kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(answer.rejectedPoints()).isZero();
    assertThat(answer.partialMessage()).isEqualTo("this version ends soon");
  }

  @ParameterizedTest
  @CsvSource({
    "200, ACCEPTED",
    "202, ACCEPTED",
    "301, REFUSED",
    "308, REFUSED",
    "400, REFUSED",
    "401, REFUSED",
    "403, REFUSED",
    "404, REFUSED",
    "408, REFUSED",
    "413, TOO_LARGE",
    "415, REFUSED",
    "429, RETRYABLE",
    "500, REFUSED",
    "501, REFUSED",
    "502, RETRYABLE",
    "503, RETRYABLE",
    "504, RETRYABLE",
    "505, REFUSED"
  })
  void shouldJudgeAnAnswerByItsStatus(int status, Kind kind) throws Exception {
    receiver.script(Behaviour.body(status, "application/x-protobuf", new byte[0]));

    Answer answer = send(endpoint);

    assertThat(answer.kind()).isEqualTo(kind);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.failure()).isEqualTo(Failure.NONE);
    assertThat(answer.reason()).startsWith("HTTP " + status);
  }

  @Test
  void shouldAcceptAnAnswerWithoutABody() throws Exception {
    receiver.script(
        conversation -> {
          conversation.accept();
          conversation.respond(204, Map.of(), new byte[0]);
        });

    Answer answer = send(endpoint);

    assertThat(answer.kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(answer.partialMessage()).isEmpty();
  }

  @Test
  void shouldQuoteTheEndpointsOwnMessage() throws Exception {
    receiver.script(
        Behaviour.status(400, "metric name is empty\u001b[31m"),
        Behaviour.body(
            502,
            "text/html",
            "<html>\r\n<head><title>502 Bad Gateway</title></head>".getBytes(UTF_8)),
        Behaviour.body(503, "text/plain", "\n  no backend\nmore".getBytes(UTF_8)),
        Behaviour.body(500, "application/json", "{\"message\":\"x\"}".getBytes(UTF_8)),
        Behaviour.body(500, "text/plain", "x".repeat(5000).getBytes(UTF_8)),
        Behaviour.body(500, "application/x-protobuf", new byte[] {-1, -1, -1}));

    assertThat(send(endpoint).reason()).isEqualTo("HTTP 400: metric name is empty [31m");
    assertThat(send(endpoint).reason()).isEqualTo("HTTP 502: 502 Bad Gateway");
    assertThat(send(endpoint).reason()).isEqualTo("HTTP 503: no backend");
    assertThat(send(endpoint).reason()).isEqualTo("HTTP 500: {\"message\":\"x\"}");
    assertThat(send(endpoint).reason())
        .hasSize(Answer.MAX_TEXT_CHARS)
        .startsWith("HTTP 500: xxx")
        .endsWith("x...");
    assertThat(send(endpoint).reason()).isEqualTo("HTTP 500");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void shouldTellForHowLongTheEndpointAsksToWait(int status) throws Exception {
    receiver.script(
        Behaviour.retryLater(status, "120"),
        Behaviour.status(
            status,
            "later",
            Map.of(
                "Date", "Tue, 07 Jul 2026 10:00:00 GMT",
                "Retry-After", "Tue, 07 Jul 2026 10:00:30 GMT")),
        Behaviour.retryLater(status, "soon"));

    assertThat(send(endpoint).retryAfterMs()).isEqualTo(120_000);
    assertThat(send(endpoint).retryAfterMs()).isEqualTo(30_000);
    assertThat(send(endpoint).retryAfterMs()).isEqualTo(-1);
  }

  @Test
  void shouldCompareADateWithTheClockWhereTheEndpointTellsNoTime() throws Exception {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(50));
    receiver.script(Behaviour.retryLater(429, date));

    assertThat(send(endpoint).retryAfterMs()).isBetween(1L, 3_000_000L);
  }

  @Test
  void shouldNotAskForAWaitWhereTheAnswerIsFinal() throws Exception {
    receiver.script(Behaviour.retryLater(400, "10"), Behaviour.retryLater(500, "10"));

    assertThat(send(endpoint).retryAfterMs()).isEqualTo(-1);
    assertThat(send(endpoint).retryAfterMs()).isEqualTo(-1);
  }

  @Test
  void shouldNameTheTargetOfARedirectionAndNotFollowIt() throws Exception {
    receiver.script(
        Behaviour.status(
            307, "", Map.of("Location", "https://user:secret@other.example/v1/metrics")));

    Answer answer = send(endpoint);

    assertThat(answer.kind()).isEqualTo(Kind.REFUSED);
    assertThat(answer.reason())
        .contains("redirections are not followed")
        .contains("other.example/v1/metrics")
        .doesNotContain("secret");
    assertThat(receiver.requestCount()).isEqualTo(1);
  }

  @Test
  void shouldWarnOfAnAcceptingEndpointThatDoesNotAnswerInOtlp() throws Exception {
    receiver.script(
        Behaviour.body(200, "text/html", "<title>Welcome</title>".getBytes(UTF_8)),
        Behaviour.body(200, "application/x-protobuf", new byte[] {-1, -1}),
        Behaviour.body(200, "application/json", "{\"partialSuccess\":{}}".getBytes(UTF_8)));

    assertThat(send(endpoint).partialMessage()).contains("text/html").contains("Welcome");
    assertThat(send(endpoint).partialMessage()).contains("ExportMetricsServiceResponse");
    assertThat(send(endpoint).partialMessage()).isEmpty();
  }

  @Test
  void shouldRefuseASecondRequestWhileOneIsUnderWay() throws Exception {
    receiver.script(Behaviour.hang());
    CompletableFuture<Answer> first = endpoint.send(request(), 0, request().length);

    assertThatThrownBy(() -> endpoint.send(request(), 0, request().length))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("under way");

    endpoint.close();
    assertThat(first.get().failure()).isEqualTo(Failure.CLOSED);
  }

  @Test
  void shouldWaitForAnAnswerIfThereIsNoTimeLimit() throws Exception {
    receiver.script(
        conversation -> {
          conversation.readBody();
          conversation.pause(200);
          Behaviour.ok().handle(conversation);
        });
    try (OtlpEndpoint patient = Endpoints.toWithin(receiver, 0)) {
      assertThat(send(patient).kind()).isEqualTo(Kind.ACCEPTED);
    }
    assertThat(receiver.requestCount()).isEqualTo(1);
  }

  @Test
  void shouldTakeTheNextRequestFromAnActionOfTheOneBefore() throws Exception {
    byte[] request = request();

    Answer second =
        endpoint
            .send(request, 0, request.length)
            .thenCompose(first -> endpoint.send(request, 0, request.length))
            .get();

    assertThat(second.kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(receiver.acceptedRequests()).isEqualTo(2);
  }

  @Test
  void shouldRefuseAPartThatIsNotWithinTheArray() {
    assertThatThrownBy(() -> endpoint.send(new byte[3], 1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldCompleteARequestThatIsUnderWayWhenItIsClosed() throws Exception {
    receiver.script(Behaviour.hang());
    CompletableFuture<Answer> answer = endpoint.send(request(), 0, request().length);
    receiver.awaitRequests(1);

    endpoint.close();

    assertThat(answer).isDone();
    assertThat(answer.get().kind()).isEqualTo(Kind.RETRYABLE);
    assertThat(answer.get().failure()).isEqualTo(Failure.CLOSED);
    assertThat(answer.get().reason()).contains("localhost:" + receiver.port()).contains("closed");
    assertThat(send(endpoint).failure()).isEqualTo(Failure.CLOSED);
    assertThat(receiver.requestCount()).isEqualTo(1);
  }

  @Test
  void shouldWorkWithTheServerOfTheJdk() throws Exception {
    AtomicReference<ExportMetricsServiceRequest> received = new AtomicReference<>();
    // It may be the JVM's first server, and HealthServerTest needs these limits.
    HealthServer.limitTimes();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/metrics",
        exchange -> {
          try (exchange) {
            received.set(ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody()));
            byte[] body = ExportMetricsServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            // 0 would mean a body in chunks, without a length.
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          }
        });
    server.start();
    try (OtlpEndpoint own =
        OtlpEndpoint.create(
            EndpointSettings.builder()
                .setUrl("http://localhost:" + server.getAddress().getPort())
                .setTimeoutMs(Endpoints.LONG_MS)
                .build())) {
      assertThat(send(own).kind()).isEqualTo(Kind.ACCEPTED);
      assertThat(received.get()).isEqualTo(TestRequests.ofPoints(3));
    } finally {
      server.stop(0);
    }
  }
}
