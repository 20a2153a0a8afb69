// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.health;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HealthServerTest {

  private static final List<Measure> MEASURES =
      List.of(
          Measure.counter("a.events", "{event}", "Events.", 1).with("cause", "x"),
          Measure.counter("a.events", "{event}", "Events.", 2).with("cause", "y"),
          Measure.gauge("a.size", "By", "Bytes.", 3));

  private final HttpClient client = HttpClient.newHttpClient();
  private volatile String notReady = "";
  private volatile String notLive = "";
  private HealthServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new HealthServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new HealthServer.Subject() {
              @Override
              public String whyNotReady() {
                return notReady;
              }

              @Override
              public String whyNotLive() {
                return notLive;
              }

              @Override
              public List<Measure> measures() {
                return MEASURES;
              }
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldSayWhetherTheAgentIsReadyAndAlive() throws Exception {
    assertThat(get("GET", "/ready").statusCode()).isEqualTo(200);
    assertThat(get("HEAD", "/live").statusCode()).isEqualTo(200);
    notReady = "the agent is ending";
    notLive = "a thread hangs";

    assertThat(get("GET", "/ready").statusCode()).isEqualTo(503);
    assertThat(get("GET", "/ready").body()).isEqualTo("the agent is ending\n");
    assertThat(get("GET", "/live").body()).isEqualTo("a thread hangs\n");
    assertThat(get("POST", "/live").statusCode()).isEqualTo(405);
    assertThat(get("GET", "/").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldShowMetricsForPrometheus() throws Exception {
    assertThat(get("GET", "/metrics").body())
        .contains("# TYPE a_events_total counter\n")
        .contains("# HELP a_events_total Events.\n")
        .contains("a_events_total{cause=\"x\"} 1.0\n")
        .contains("a_events_total{cause=\"y\"} 2.0\n")
        .contains("a_size_bytes 3.0\n");
  }

  @Test
  void shouldAnswerOthersThoughSomeClientsNeverSendTheirRequests() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        silent.add(socket);
        socket.getOutputStream().write("G".getBytes(US_ASCII));
      }

      assertThat(get("GET", "/live").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  private HttpResponse<String> get(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
