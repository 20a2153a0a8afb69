// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.agent.internal.http.EndpointSettings.FileSetting;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointSettingsTest {

  private static final String PREFIX = "OTEL_EXPORTER_OTLP_";

  @Test
  void shouldHaveTheDefaultsOfTheSpecification() throws Exception {
    EndpointSettings settings = EndpointSettings.fromEnvironment(Map.of("PATH", "/bin"));

    assertThat(settings.uri()).isEqualTo(URI.create("http://localhost:4318/v1/metrics"));
    assertThat(settings.timeoutMs()).isEqualTo(10_000);
    assertThat(settings.compression()).isEqualTo(Compression.NONE);
    assertThat(settings.headers()).isEmpty();
    assertThat(settings.certificate()).isNull();
    assertThat(settings.clientCertificate()).isNull();
    assertThat(settings.clientKey()).isNull();
    assertThat(settings.proxy()).isNull();
    assertThat(settings.userAgent()).isEqualTo("user-events-agent");
  }

  @ParameterizedTest
  @CsvSource({
    "ENDPOINT, http://collector:4318, http://collector:4318/v1/metrics",
    "ENDPOINT, http://collector:4318/, http://collector:4318/v1/metrics",
    "ENDPOINT, https://example.com/otlp, https://example.com/otlp/v1/metrics",
    "ENDPOINT, https://example.com/otlp/, https://example.com/otlp/v1/metrics",
    "ENDPOINT, https://example.com/otlp?t=%20a, https://example.com/otlp/v1/metrics?t=%20a",
    "ENDPOINT, ' HTTP://collector ', http://collector/v1/metrics",
    "ENDPOINT, http://[::1]:4318, http://[::1]:4318/v1/metrics",
    "METRICS_ENDPOINT, http://collector:4318, http://collector:4318/",
    "METRICS_ENDPOINT, http://collector:4318/in, http://collector:4318/in",
    "METRICS_ENDPOINT, http://collector:4318/in/, http://collector:4318/in/",
  })
  void shouldMakeTheAddressOfAVariable(String name, String value, String expected)
      throws Exception {
    assertThat(EndpointSettings.fromEnvironment(Map.of(PREFIX + name, value)).uri())
        .isEqualTo(URI.create(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "http://collector:4318, http://collector:4318/v1/metrics",
    "http://collector:4318/, http://collector:4318/v1/metrics",
    "http://collector:4318/api/otlp, http://collector:4318/api/otlp",
    "http://collector?tenant=a, http://collector/v1/metrics?tenant=a",
    "http://collector/x#part, http://collector/x",
  })
  void shouldMakeTheAddressOfTheUrlOfACommand(String url, String expected) throws Exception {
    assertThat(EndpointSettings.builder().setUrl(url).build().uri())
        .isEqualTo(URI.create(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "collector:4318, must begin with http",
    "collector, must begin with http",
    "ftp://collector, must begin with http",
    "http://, index",
    "http:///v1/metrics, needs the name",
    "http://my_collector:4318, needs the name",
    "http://collector:0, port",
    "http://collector:70000, port",
    "http://collector:x, needs the name",
    "http://a b, index",
    "'', must begin with http",
  })
  void shouldRefuseWhatIsNoUrl(String url, String why) {
    assertThatThrownBy(() -> EndpointSettings.builder().setUrl(url).build())
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("url=" + url)
        .hasMessageContaining(why)
        .hasMessageContaining("http://collector:4318");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:secret@collector:4318",
        "https://secret@collector:4318",
        "https://user:sec ret@collector:4318",
        "user:secret@collector:4318",
        "https://user:secret@",
      })
  void shouldRefuseAUserInAUrlAndNotShowThePassword(String url) {
    assertThatThrownBy(() -> EndpointSettings.builder().setUrl(url).build())
        .isInstanceOf(EndpointException.class)
        .message()
        .doesNotContain("secret")
        .doesNotContain("sec ret");
    assertThatThrownBy(
            () -> EndpointSettings.fromEnvironment(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", url)))
        .isInstanceOf(EndpointException.class)
        .hasMessageStartingWith("OTEL_EXPORTER_OTLP_ENDPOINT")
        .message()
        .doesNotContain("secret")
        .doesNotContain("sec ret");
  }

  @Test
  void shouldNameTheHeaderThatReplacesAUserInAUrl() {
    assertThatThrownBy(() -> EndpointSettings.builder().setUrl("https://u:p@collector").build())
        .hasMessageContaining("Authorization: Basic");
  }

  @Test
  void shouldReadAllVariables() throws Exception {
    EndpointSettings settings =
        EndpointSettings.fromEnvironment(
            Map.of(
                PREFIX + "HEADERS", "a=1",
                PREFIX + "TIMEOUT", "2000",
                PREFIX + "COMPRESSION", "gzip",
                PREFIX + "CERTIFICATE", "/etc/ca.pem",
                PREFIX + "CLIENT_CERTIFICATE", "/etc/client.pem",
                PREFIX + "CLIENT_KEY", "/etc/key.pem",
                PREFIX + "PROTOCOL", "http/protobuf",
                PREFIX + "INSECURE", "no such value"));

    assertThat(settings.headers()).isEqualTo(Map.of("a", "1"));
    assertThat(settings.timeoutMs()).isEqualTo(2000);
    assertThat(settings.compression()).isEqualTo(Compression.GZIP);
    assertThat(settings.certificate())
        .isEqualTo(new FileSetting(PREFIX + "CERTIFICATE", Path.of("/etc/ca.pem")));
    assertThat(settings.clientCertificate())
        .isEqualTo(new FileSetting(PREFIX + "CLIENT_CERTIFICATE", Path.of("/etc/client.pem")));
    assertThat(settings.clientKey())
        .isEqualTo(new FileSetting(PREFIX + "CLIENT_KEY", Path.of("/etc/key.pem")));
  }

  @Test
  void shouldPreferTheVariablesOfMetrics() throws Exception {
    EndpointSettings settings =
        EndpointSettings.fromEnvironment(
            Map.ofEntries(
                Map.entry(PREFIX + "ENDPOINT", "http://wrong"),
                Map.entry(PREFIX + "METRICS_ENDPOINT", "http://right/"),
                Map.entry(PREFIX + "HEADERS", "a=wrong,b=wrong"),
                Map.entry(PREFIX + "METRICS_HEADERS", "a=right"),
                Map.entry(PREFIX + "TIMEOUT", "wrong"),
                Map.entry(PREFIX + "METRICS_TIMEOUT", "5"),
                Map.entry(PREFIX + "COMPRESSION", "wrong"),
                Map.entry(PREFIX + "METRICS_COMPRESSION", "GZIP"),
                Map.entry(PREFIX + "CERTIFICATE", "wrong"),
                Map.entry(PREFIX + "METRICS_CERTIFICATE", "right"),
                Map.entry(PREFIX + "CLIENT_CERTIFICATE", "wrong"),
                Map.entry(PREFIX + "METRICS_CLIENT_CERTIFICATE", "right"),
                Map.entry(PREFIX + "CLIENT_KEY", "wrong"),
                Map.entry(PREFIX + "METRICS_CLIENT_KEY", "right"),
                Map.entry(PREFIX + "PROTOCOL", "grpc"),
                Map.entry(PREFIX + "METRICS_PROTOCOL", "http/protobuf")));

    assertThat(settings.uri()).isEqualTo(URI.create("http://right/"));
    assertThat(settings.headers()).isEqualTo(Map.of("a", "right"));
    assertThat(settings.timeoutMs()).isEqualTo(5);
    assertThat(settings.compression()).isEqualTo(Compression.GZIP);
    assertThat(settings.certificate())
        .isEqualTo(new FileSetting(PREFIX + "METRICS_CERTIFICATE", Path.of("right")));
    assertThat(settings.clientCertificate())
        .isEqualTo(new FileSetting(PREFIX + "METRICS_CLIENT_CERTIFICATE", Path.of("right")));
    assertThat(settings.clientKey())
        .isEqualTo(new FileSetting(PREFIX + "METRICS_CLIENT_KEY", Path.of("right")));
  }

  @Test
  void shouldTakeAnEmptyVariableForOneThatIsNotSet() throws Exception {
    EndpointSettings settings =
        EndpointSettings.fromEnvironment(
            Map.of(
                PREFIX + "METRICS_ENDPOINT", "",
                PREFIX + "ENDPOINT", "http://collector",
                PREFIX + "TIMEOUT", " ",
                PREFIX + "COMPRESSION", "",
                PREFIX + "PROTOCOL", "",
                PREFIX + "HEADERS", ""));

    assertThat(settings.uri()).isEqualTo(URI.create("http://collector/v1/metrics"));
    assertThat(settings.timeoutMs()).isEqualTo(EndpointSettings.DEFAULT_TIMEOUT_MS);
  }

  @Test
  void shouldPreferWhatIsSetAndNotEvenCheckTheVariable() throws Exception {
    EndpointSettings settings =
        EndpointSettings.builder()
            .setEnvironment(
                Map.of(
                    PREFIX + "ENDPOINT", "http://wrong:4317",
                    PREFIX + "PROTOCOL", "grpc",
                    PREFIX + "TIMEOUT", "wrong",
                    PREFIX + "COMPRESSION", "wrong",
                    PREFIX + "CERTIFICATE", "wrong",
                    PREFIX + "HEADERS", "a=1,b=2"))
            .setUrl("http://right")
            .setTimeoutMs(7)
            .setCompression(Compression.NONE)
            .setCertificate(Path.of("right"))
            .addHeader("B", "3")
            .addHeader("c", "4")
            .build();

    assertThat(settings.uri()).isEqualTo(URI.create("http://right/v1/metrics"));
    assertThat(settings.timeoutMs()).isEqualTo(7);
    assertThat(settings.compression()).isEqualTo(Compression.NONE);
    assertThat(settings.certificate()).isEqualTo(new FileSetting("certificate", Path.of("right")));
    assertThat(settings.headers()).isEqualTo(Map.of("a", "1", "b", "3", "c", "4"));
  }

  @ParameterizedTest
  @CsvSource({
    "TIMEOUT, 10s, 0 to 3600000",
    "TIMEOUT, -1, 0 to 3600000",
    "TIMEOUT, 3600001, 0 to 3600000",
    "TIMEOUT, 99999999999999999999, 0 to 3600000",
    "METRICS_TIMEOUT, x, 0 to 3600000",
    "COMPRESSION, zstd, none or gzip",
    "METRICS_COMPRESSION, deflate, none or gzip",
    "PROTOCOL, grpc, http/protobuf",
    "PROTOCOL, http/json, http/protobuf",
    "METRICS_PROTOCOL, grpc, http/protobuf",
    "ENDPOINT, collector:4317, http://collector:4318",
    "METRICS_ENDPOINT, //collector, http://collector:4318",
  })
  void shouldNameTheVariableItsValueAndWhatIsAllowed(String name, String value, String allowed) {
    assertThatThrownBy(() -> EndpointSettings.fromEnvironment(Map.of(PREFIX + name, value)))
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining(PREFIX + name + "=" + value)
        .hasMessageContaining(allowed);
  }

  /** As the OpenTelemetry SDK's exporters do. */
  @Test
  void shouldTakeATimeoutOfZeroAsNoLimit() throws Exception {
    assertThat(EndpointSettings.fromEnvironment(Map.of(PREFIX + "TIMEOUT", "0")).timeoutMs())
        .isZero();
    assertThat(EndpointSettings.builder().setTimeoutMs(0).build().timeoutMs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 3_600_001})
  void shouldRefuseATimeoutOutOfItsRange(long timeoutMs) {
    assertThatThrownBy(() -> EndpointSettings.builder().setTimeoutMs(timeoutMs).build())
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("timeoutMs=" + timeoutMs);
  }

  @Test
  void shouldRefuseACertificateWithoutItsKeyAndAKeyWithoutItsCertificate() {
    assertThatThrownBy(
            () -> EndpointSettings.builder().setClientCertificate(Path.of("c.pem")).build())
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining("clientCertificate=c.pem")
        .hasMessageContaining("set both or none");
    assertThatThrownBy(
            () -> EndpointSettings.fromEnvironment(Map.of(PREFIX + "CLIENT_KEY", "k.pem")))
        .isInstanceOf(EndpointException.class)
        .hasMessageContaining(PREFIX + "CLIENT_KEY=k.pem");
  }

  @Test
  void shouldNotShowTheValuesOfHeaders() throws Exception {
    EndpointSettings settings =
        EndpointSettings.builder().addHeader("api-key", "secret").setUrl("http://a").build();

    assertThat(settings.toString()).contains("api-key").contains("http://a/v1/metrics");
    assertThat(settings.toString()).doesNotContain("secret");
  }
}
