// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.net.HttpURLConnection;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a client that is not the agent's, so that the receiver itself can be trusted. */
@Timeout(120)
class OtlpReceiverTest {

  @Test
  void shouldDecodeAndCountWhatIsPosted() throws Exception {
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      HttpURLConnection connection = post(receiver.uri(), TestRequests.ofPoints(3).toByteArray());

      assertThat(connection.getResponseCode()).isEqualTo(200);
      assertThat(ExportMetricsServiceResponse.parseFrom(connection.getInputStream()))
          .isEqualTo(ExportMetricsServiceResponse.getDefaultInstance());
      assertThat(receiver.acceptedRequests()).isEqualTo(1);
      assertThat(receiver.acceptedPoints()).isEqualTo(3);
      assertThat(receiver.accepted().get(0).content()).isEqualTo(TestRequests.ofPoints(3));
    }
  }

  @Test
  void shouldRefuseAndNotCountABodyThatCannotBeDecoded() throws Exception {
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      HttpURLConnection connection = post(receiver.uri(), new byte[] {-1, -1, -1});

      assertThat(connection.getResponseCode()).isEqualTo(400);
      assertThat(receiver.acceptedRequests()).isZero();
      assertThat(receiver.malformedRequests()).isEqualTo(1);
    }
  }

  @Test
  void shouldFollowItsScriptAndThenItsDefault() throws Exception {
    try (OtlpReceiver receiver = OtlpReceiver.start()) {
      receiver.script(Behaviour.status(503, "away"), Behaviour.status(413, "too large"));

      assertThat(post(receiver.uri(), new byte[0]).getResponseCode()).isEqualTo(503);
      assertThat(post(receiver.uri(), new byte[0]).getResponseCode()).isEqualTo(413);
      assertThat(post(receiver.uri(), new byte[0]).getResponseCode()).isEqualTo(200);
      assertThat(receiver.requestCount()).isEqualTo(3);
    }
  }

  private static HttpURLConnection post(URI uri, byte[] body) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    connection.getOutputStream().write(body);
    return connection;
  }
}
