// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static io.userevents.agent.internal.http.Endpoints.send;
import static io.userevents.agent.internal.http.Endpoints.settings;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.http.Answer.Failure;
import io.userevents.agent.internal.http.Answer.Kind;
import io.userevents.agent.receiver.Behaviour;
import io.userevents.agent.receiver.OtlpReceiver;
import io.userevents.agent.receiver.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints with TLS, whose certificates fit or do not. */
@Timeout(300)
class EndpointTlsTest {

  @TempDir private static Path folder = Path.of("");
  private static TestCertificates certificates = TestCertificates.in(Path.of(""));

  @BeforeAll
  static void makeCertificates() throws IOException {
    certificates =
        TestCertificates.in(folder)
            .addAuthority("authority")
            .add("server", "EC", "authority", "localhost")
            .add("invalid", "EC", "authority", "collector.invalid")
            .add("elsewhere", "EC", "authority", "elsewhere.example")
            .add("lonely", "EC", null, "localhost")
            .addExpired("expired", "authority", "localhost")
            .add("client-ec", "EC", "authority", "client")
            .add("client-rsa", "RSA", "authority", "client")
            .add("client-eddsa", "Ed25519", "authority", "client")
            .add("stranger", "EC", null, "client");
  }

  @Test
  void shouldSendToAnEndpointWhoseAuthorityIsTrusted() throws Exception {
    try (OtlpReceiver receiver = startTls("server");
        OtlpEndpoint endpoint = OtlpEndpoint.create(trusting(receiver, "authority").build())) {
      assertThat(receiver.uri().getScheme()).isEqualTo("https");
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      assertThat(send(endpoint, new byte[1 << 20]).kind()).isEqualTo(Kind.REFUSED);
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      assertThat(receiver.acceptedPoints()).isEqualTo(6);
      assertThat(receiver.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void shouldTrustACertificateThatIsSignedByNobodyButNamed() throws Exception {
    try (OtlpReceiver receiver = startTls("lonely");
        OtlpEndpoint endpoint = OtlpEndpoint.create(trusting(receiver, "lonely").build())) {
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  @Test
  void shouldTrustAllCertificatesOfAFile() throws Exception {
    Path both = folder.resolve("both.pem");
    Files.writeString(
        both,
        "# two authorities\n"
            + Files.readString(certificates.certificate("lonely"))
            + Files.readString(certificates.certificate("authority")));
    for (String name : new String[] {"server", "lonely"}) {
      try (OtlpReceiver receiver = startTls(name);
          OtlpEndpoint endpoint =
              OtlpEndpoint.create(settings(receiver).setCertificate(both).build())) {
        assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "elsewhere, authority, names other hosts",
    "lonely, authority, not signed by a trusted authority",
    "server, lonely, not signed by a trusted authority",
    "expired, authority, has expired"
  })
  void shouldSayWhyACertificateDoesNotFit(String name, String trusted, String why)
      throws Exception {
    try (OtlpReceiver receiver = startTls(name);
        OtlpEndpoint endpoint = OtlpEndpoint.create(trusting(receiver, trusted).build())) {
      Answer answer = send(endpoint);

      assertThat(answer.kind()).as(answer.reason()).isEqualTo(Kind.RETRYABLE);
      assertThat(answer.failure()).as(answer.reason()).isEqualTo(Failure.TLS);
      assertThat(answer.reason())
          .startsWith("TLS with localhost:" + receiver.port() + " failed: ")
          .contains(why);
      assertThat(receiver.acceptedRequests()).isZero();
    }
  }

  @Test
  void shouldTrustTheAuthoritiesOfTheJvmUnlessOneIsNamed() throws Exception {
    try (OtlpReceiver receiver = startTls("server");
        OtlpEndpoint endpoint = Endpoints.to(receiver)) {
      Answer answer = send(endpoint);

      assertThat(answer.failure()).isEqualTo(Failure.TLS);
      assertThat(answer.reason()).contains("--certificate");
    }
  }

  @Test
  void shouldSayThatAnEndpointDoesNotSpeakTls() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        OtlpEndpoint endpoint =
            OtlpEndpoint.create(
                EndpointSettings.builder()
                    .setUrl("https://localhost:" + server.getLocalPort())
                    .setTimeoutMs(Endpoints.LONG_MS)
                    .build())) {
      byte[] request = Endpoints.request();
      CompletableFuture<Answer> future = endpoint.send(request, 0, request.length);
      try (Socket client = server.accept()) {
        client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
        Answer answer = future.get();

        assertThat(answer.kind()).isEqualTo(Kind.RETRYABLE);
        assertThat(answer.failure()).as(answer.reason()).isEqualTo(Failure.TLS);
        assertThat(answer.reason()).contains("does not speak TLS");
      }
    }
  }

  @Test
  void shouldSendThroughAProxyThatSeesNothingOfIt() throws Exception {
    try (OtlpReceiver receiver = startTls("server");
        OtlpReceiver proxy = OtlpReceiver.start()) {
      List<String> asked = new CopyOnWriteArrayList<>();
      // A name that only the proxy can resolve, so that nothing can go around it.
      proxy.setDefault(
          conversation -> {
            asked.add(conversation.requestLine());
            conversation.tunnel(receiver.port());
          });
      EndpointSettings settings =
          EndpointSettings.builder()
              .setEnvironment(
                  Map.of(
                      "HTTPS_PROXY",
                      "http://localhost:" + proxy.port(),
                      "OTEL_EXPORTER_OTLP_HEADERS",
                      "authorization=secret"))
              .setUrl("https://collector.invalid")
              .setCertificate(certificates.certificate("authority"))
              .setTimeoutMs(Endpoints.LONG_MS)
              .build();
      try (OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
        // The name is none of the certificate's, which shows that the client checks it here too.
        Answer answer = send(endpoint);

        assertThat(answer.failure()).as(answer.reason()).isEqualTo(Failure.TLS);
        assertThat(answer.reason()).contains("names other hosts").contains("through proxy");
      }
      try (OtlpReceiver named = OtlpReceiver.startTls(certificates.server("invalid", null), false);
          OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
        proxy.setDefault(
            conversation -> {
              asked.add(conversation.requestLine());
              assertThat(conversation.headers()).doesNotContainKey("authorization");
              conversation.tunnel(named.port());
            });
        assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
        assertThat(named.accepted().get(0).headers()).containsEntry("authorization", "secret");
      }
      assertThat(asked).hasSize(2).containsOnly("CONNECT collector.invalid:443 HTTP/1.1");
    }
  }

  @Test
  void shouldTellTheAnswerOfAProxyThatDoesNotConnect() throws Exception {
    try (OtlpReceiver proxy = OtlpReceiver.start()) {
      proxy.setDefault(Behaviour.body(503, "text/plain", "no way out".getBytes(US_ASCII)));
      EndpointSettings settings =
          EndpointSettings.builder()
              .setEnvironment(Map.of("HTTPS_PROXY", "http://localhost:" + proxy.port()))
              .setUrl("https://collector.invalid")
              .setTimeoutMs(Endpoints.LONG_MS)
              .build();
      try (OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
        Answer answer = send(endpoint);

        assertThat(answer.kind()).as(answer.reason()).isEqualTo(Kind.RETRYABLE);
        assertThat(answer.reason()).contains("503");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client-ec", "client-rsa", "client-eddsa"})
  void shouldShowTheClientsCertificate(String client) throws Exception {
    try (OtlpReceiver receiver =
            OtlpReceiver.startTls(certificates.server("server", "authority"), true);
        OtlpEndpoint endpoint =
            OtlpEndpoint.create(
                trusting(receiver, "authority")
                    .setClientCertificate(certificates.certificate(client))
                    .setClientKey(certificates.key(client))
                    .build())) {
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  @Test
  void shouldSayThatAClientCertificateIsDemanded() throws Exception {
    try (OtlpReceiver receiver =
            OtlpReceiver.startTls(certificates.server("server", "authority"), true);
        OtlpEndpoint endpoint = OtlpEndpoint.create(trusting(receiver, "authority").build())) {
      Answer answer = send(endpoint);

      assertThat(answer.kind()).isEqualTo(Kind.RETRYABLE);
      assertThat(answer.failure()).as(answer.reason()).isEqualTo(Failure.TLS);
      assertThat(answer.reason()).contains("demands a client certificate");
    }
  }

  @Test
  void shouldBeRefusedWithAClientCertificateThatIsNotTrusted() throws Exception {
    try (OtlpReceiver receiver =
            OtlpReceiver.startTls(certificates.server("server", "authority"), true);
        OtlpEndpoint endpoint =
            OtlpEndpoint.create(
                trusting(receiver, "authority")
                    .setClientCertificate(certificates.certificate("stranger"))
                    .setClientKey(certificates.key("stranger"))
                    .build())) {
      Answer answer = send(endpoint);

      assertThat(answer.kind()).isEqualTo(Kind.RETRYABLE);
      assertThat(answer.failure()).as(answer.reason()).isEqualTo(Failure.TLS);
      assertThat(receiver.acceptedRequests()).isZero();
    }
  }

  @Test
  void shouldUseCertificatesThatHaveChanged() throws Exception {
    Path certificate = folder.resolve("renewed.pem");
    Path key = folder.resolve("renewed-key.pem");
    replace(certificate, certificates.certificate("stranger"));
    replace(key, certificates.key("stranger"));
    AtomicLong nowNs = new AtomicLong();
    try (OtlpReceiver receiver =
            OtlpReceiver.startTls(certificates.server("server", "authority"), true);
        OtlpEndpoint endpoint =
            OtlpEndpoint.create(showing(receiver, certificate, key), nowNs::get)) {
      assertThat(send(endpoint).failure()).isEqualTo(Failure.TLS);
      replace(certificate, certificates.certificate("client-ec"));
      replace(key, certificates.key("client-ec"));
      nowNs.addAndGet(RenewedClient.LOOK_PERIOD_NS - 1);
      assertThat(send(endpoint).failure()).isEqualTo(Failure.TLS);

      nowNs.addAndGet(1);

      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  @Test
  void shouldKeepCertificatesUntilBothFilesHaveChanged() throws Exception {
    Path certificate = folder.resolve("half.pem");
    Path key = folder.resolve("half-key.pem");
    replace(certificate, certificates.certificate("client-ec"));
    replace(key, certificates.key("client-ec"));
    AtomicLong nowNs = new AtomicLong();
    try (OtlpReceiver receiver =
            OtlpReceiver.startTls(certificates.server("server", "authority"), true);
        OtlpEndpoint endpoint =
            OtlpEndpoint.create(
                showing(receiver, certificate, key),
                () -> nowNs.addAndGet(RenewedClient.LOOK_PERIOD_NS))) {
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);

      replace(certificate, certificates.certificate("stranger"));
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      Files.delete(key);
      assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      replace(key, certificates.key("stranger"));

      assertThat(send(endpoint).failure()).isEqualTo(Failure.TLS);
    }
  }

  private static EndpointSettings showing(OtlpReceiver receiver, Path certificate, Path key)
      throws Exception {
    return trusting(receiver, "authority")
        .setClientCertificate(certificate)
        .setClientKey(key)
        .build();
  }

  /** As tools for certificates do: another file takes the place of the old one. */
  private static void replace(Path target, Path source) throws IOException {
    Path copy = Files.copy(source, folder.resolve("copy"), StandardCopyOption.REPLACE_EXISTING);
    Files.move(copy, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void shouldRefuseAKeyOfAnotherCertificate() throws Exception {
    for (String other : new String[] {"stranger", "client-rsa", "client-eddsa"}) {
      EndpointSettings settings =
          EndpointSettings.builder()
              .setClientCertificate(certificates.certificate("client-ec"))
              .setClientKey(certificates.key(other))
              .build();
      assertThatThrownBy(() -> OtlpEndpoint.create(settings))
          .isInstanceOf(EndpointException.class)
          .hasMessageContaining("does not belong")
          .hasMessageContaining("clientKey=" + certificates.key(other));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void shouldNameTheCommandThatConvertsAnOlderKey(String label) throws Exception {
    Path key = folder.resolve("older.pem");
    Files.writeString(
        key, Files.readString(certificates.key("client-ec")).replace("PRIVATE KEY", label));
    assertThatThrownBy(() -> OtlpEndpoint.create(withKey(key)))
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("BEGIN " + label)
        .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt -in " + key);
  }

  @Test
  void shouldFindTheKeyBesideOtherParts() throws Exception {
    Path key = folder.resolve("combined.pem");
    Files.writeString(
        key,
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + Files.readString(certificates.certificate("client-ec"))
            + Files.readString(certificates.key("client-ec")).replace("\n", "\r\n"));
    OtlpEndpoint.create(withKey(key)).close();
  }

  @Test
  void shouldSayWhatIsWrongWithAFile() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing here");
    Path broken =
        Files.writeString(
            folder.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Path brokenKey =
        Files.writeString(
            folder.resolve("broken-key.pem"),
            "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    Path missing = folder.resolve("missing.pem");

    assertRefused(EndpointSettings.builder().setCertificate(missing).build(), "does not exist");
    assertRefused(EndpointSettings.builder().setCertificate(folder).build(), "cannot be read");
    assertRefused(EndpointSettings.builder().setCertificate(empty).build(), "has no certificate");
    assertRefused(
        EndpointSettings.builder().setCertificate(broken).build(),
        "has a certificate that cannot be read");
    assertRefused(withKey(empty), "has no private key");
    assertRefused(withKey(brokenKey), "has a private key that cannot be read");
  }

  private static void assertRefused(EndpointSettings settings, String why) {
    assertThatThrownBy(() -> OtlpEndpoint.create(settings))
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining(why)
        .hasMessageContaining(folder.toString())
        .message()
        .doesNotContain("c2VjcmV0");
  }

  private static EndpointSettings withKey(Path key) throws Exception {
    return EndpointSettings.builder()
        .setClientCertificate(certificates.certificate("client-ec"))
        .setClientKey(key)
        .build();
  }

  private static OtlpReceiver startTls(String name) throws Exception {
    return OtlpReceiver.startTls(certificates.server(name, null), false);
  }

  private static EndpointSettingsBuilder trusting(OtlpReceiver receiver, String name)
      throws Exception {
    return settings(receiver).setCertificate(certificates.certificate(name));
  }
}
