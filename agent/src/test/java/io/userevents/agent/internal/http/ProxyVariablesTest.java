// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static io.userevents.agent.internal.http.Endpoints.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.http.Answer.Kind;
import io.userevents.agent.receiver.OtlpReceiver;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class ProxyVariablesTest {

  private static final URI HTTP = URI.create("http://collector.example/v1/metrics");
  private static final URI HTTPS = URI.create("https://collector.example/v1/metrics");

  @Test
  void shouldTakeTheProxyOfTheScheme() throws Exception {
    Map<String, String> both =
        Map.of("HTTP_PROXY", "http://plain:3128", "HTTPS_PROXY", "http://secure:3129");

    assertThat(ProxyVariables.find(both, HTTP))
        .isEqualTo(new ProxyAddress("HTTP_PROXY", "plain", 3128));
    assertThat(ProxyVariables.find(both, HTTPS))
        .isEqualTo(new ProxyAddress("HTTPS_PROXY", "secure", 3129));
    assertThat(ProxyVariables.find(Map.of("HTTP_PROXY", "plain"), HTTPS)).isNull();
    assertThat(ProxyVariables.find(Map.of(), HTTP)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://proxy:3128, proxy, 3128",
    "http://proxy:3128/, proxy, 3128",
    "proxy:3128, proxy, 3128",
    "proxy, proxy, 80",
    "http://[fd00::1]:3128, fd00::1, 3128",
    "' http://proxy ', proxy, 80",
  })
  void shouldReadAnAddress(String value, String host, int port) throws Exception {
    assertThat(ProxyVariables.find(Map.of("https_proxy", value), HTTPS))
        .isEqualTo(new ProxyAddress("https_proxy", host, port));
  }

  @Test
  void shouldPreferCapitals() throws Exception {
    assertThat(
            ProxyVariables.find(
                Map.of("HTTPS_PROXY", "capital:1", "https_proxy", "small:2"), HTTPS))
        .isEqualTo(new ProxyAddress("HTTPS_PROXY", "capital", 1));
    assertThat(ProxyVariables.find(Map.of("HTTPS_PROXY", "", "https_proxy", "small:2"), HTTPS))
        .isEqualTo(new ProxyAddress("https_proxy", "small", 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://proxy:1080", "https://proxy:3128", "http://proxy:0", "http://", "a b"})
  void shouldRefuseWhatIsNoProxy(String value) {
    assertThatThrownBy(() -> ProxyVariables.find(Map.of("HTTPS_PROXY", value), HTTPS))
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("HTTPS_PROXY=" + value);
  }

  @Test
  void shouldRefuseAUserOfAProxyAndNotShowThePassword() {
    assertThatThrownBy(
            () -> ProxyVariables.find(Map.of("HTTPS_PROXY", "http://u:secret@proxy:3128"), HTTPS))
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("proxy:3128")
        .hasMessageContaining("NO_PROXY")
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://collector.example|*|true",
        "http://collector.example|other,collector.example|true",
        "http://collector.example| other , COLLECTOR.example |true",
        "http://collector.example|example|true",
        "http://collector.example|.example|true",
        "http://collector.example|*.example|true",
        "http://collector.example|.collector.example|false",
        "http://collector.example|or.example|false",
        "http://collector.example|collector.example:80|true",
        "http://collector.example|collector.example:81|false",
        "http://collector.example:4318|example:4318|true",
        "http://collector.example|,|false",
        "http://collector.example|''|false",
        "http://collector.example|10.0.0.0/8|false",
        "http://10.1.2.3|10.0.0.0/8|true",
        "http://10.1.2.3|11.0.0.0/8|false",
        "http://10.1.2.3|10.1.2.2/31|true",
        "http://10.1.2.3|10.1.2.0/31|false",
        "http://10.1.2.3|10.0.0.0/33|false",
        "http://10.1.2.3|0.0.0.0/0|true",
        "http://10.1.2.3|10.1.2.3|true",
        "http://10.1.2.3|10.1.2.3:80|true",
        "http://10.1.2.3|1.2.3|false",
        "http://[fd00::5]:4318|fd00::/16|true",
        "http://[fd00::5]:4318|fd00:0:0::5|true",
        "http://[fd00::5]:4318|[fd00::5]:4318|true",
        "http://[fd00::5]:4318|[fd00::5]:4319|false",
        "http://[fd00::5]:4318|fd00::6|false",
        "http://localhost:4318|''|true",
        "http://127.0.0.2:4318|''|true",
        "http://[::1]:4318|''|true",
      })
  void shouldLeaveOutTheHostsOfNoProxy(URI endpoint, String list, boolean isExempt)
      throws Exception {
    Map<String, String> environment = Map.of("HTTP_PROXY", "proxy:3128", "NO_PROXY", list);

    assertThat(ProxyVariables.find(environment, endpoint) == null).isEqualTo(isExempt);
  }

  @Test
  void shouldSendThroughTheProxyOfTheEnvironment() throws Exception {
    try (OtlpReceiver proxy = OtlpReceiver.start()) {
      EndpointSettings settings =
          EndpointSettings.builder()
              .setEnvironment(Map.of("http_proxy", "http://localhost:" + proxy.port()))
              .setUrl("http://collector.invalid:4318")
              .setTimeoutMs(Endpoints.LONG_MS)
              .build();
      try (OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
        assertThat(send(endpoint).kind()).isEqualTo(Kind.ACCEPTED);
      }
      assertThat(proxy.accepted().get(0).path())
          .isEqualTo("http://collector.invalid:4318/v1/metrics");
    }
  }

  @Test
  void shouldNameTheProxyWhenItIsAway() throws Exception {
    OtlpReceiver proxy = OtlpReceiver.start();
    proxy.close();
    EndpointSettings settings =
        EndpointSettings.builder()
            .setEnvironment(Map.of("http_proxy", "http://localhost:" + proxy.port()))
            .setUrl("http://collector.invalid:4318")
            .setTimeoutMs(Endpoints.LONG_MS)
            .build();
    try (OtlpEndpoint endpoint = OtlpEndpoint.create(settings)) {
      Answer answer = send(endpoint);

      assertThat(answer.kind()).isEqualTo(Kind.RETRYABLE);
      assertThat(answer.reason())
          .contains("collector.invalid:4318 through proxy localhost:" + proxy.port());
    }
  }
}
