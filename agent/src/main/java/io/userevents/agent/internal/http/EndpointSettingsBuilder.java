// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static java.util.Objects.requireNonNull;

import io.userevents.agent.internal.http.EndpointSettings.FileSetting;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Configures an endpoint. A value that is set here takes precedence over the environment, and the
 * variable that it replaces is not read. {@link #build} checks all values. Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EndpointSettingsBuilder {

  /** The default of the header User-Agent. */
  public static final String DEFAULT_USER_AGENT = "user-events-agent";

  private record Header(String name, String value) {}

  private final List<Header> headers = new ArrayList<>();
  private OtlpVariables variables = new OtlpVariables(Map.of());
  private Map<String, String> environment = Map.of();
  private @Nullable String url;
  private @Nullable Long timeoutMs;
  private @Nullable Compression compression;
  private @Nullable Path certificate;
  private @Nullable Path clientCertificate;
  private @Nullable Path clientKey;
  private String userAgent = DEFAULT_USER_AGENT;

  EndpointSettingsBuilder() {}

  /**
   * Sets the environment, which supplies the values that are not set here. The variables are those
   * of the OTLP exporter specification (opentelemetry-specification, protocol/exporter.md), which
   * all begin with {@code OTEL_EXPORTER_OTLP_}: {@code ENDPOINT}, {@code HEADERS}, {@code TIMEOUT},
   * {@code COMPRESSION}, {@code CERTIFICATE}, {@code CLIENT_CERTIFICATE}, {@code CLIENT_KEY} and
   * {@code PROTOCOL}. Each has a variant for metrics, such as {@code
   * OTEL_EXPORTER_OTLP_METRICS_ENDPOINT}, which takes precedence. An empty variable counts as not
   * set. {@code INSECURE} has no meaning for HTTP. {@code HTTP_PROXY}, {@code HTTPS_PROXY} and
   * {@code NO_PROXY} are read in capital and in small letters; the capitals take precedence.
   */
  public EndpointSettingsBuilder setEnvironment(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    variables = new OtlpVariables(this.environment);
    return this;
  }

  /**
   * Sets the endpoint. {@code /v1/metrics} is appended to a URL without a path. A URL with a path
   * is used unchanged. User information in a URL is refused, because it would appear in logs and in
   * the list of processes. Use a header instead.
   *
   * @param url a URL that begins with {@code http://} or {@code https://}
   */
  public EndpointSettingsBuilder setUrl(String url) {
    this.url = requireNonNull(url, "url");
    return this;
  }

  /**
   * Adds a header to each request. It replaces a header with the same name, in any case of letters,
   * that comes from the environment or was added before.
   */
  public EndpointSettingsBuilder addHeader(String name, String value) {
    headers.add(new Header(requireNonNull(name, "name"), requireNonNull(value, "value")));
    return this;
  }

  /**
   * Sets the time limit of an exchange, from the connection to the last byte of the answer.
   *
   * @param timeoutMs in milliseconds, 0 to {@value EndpointSettings#MAX_TIMEOUT_MS}; 0 means no
   *     limit, as in the OpenTelemetry SDK's exporters (1.67.0, HttpExporterBuilder); default
   *     {@value EndpointSettings#DEFAULT_TIMEOUT_MS}
   */
  public EndpointSettingsBuilder setTimeoutMs(long timeoutMs) {
    this.timeoutMs = timeoutMs;
    return this;
  }

  /** Sets the compression of bodies. Default: {@link Compression#NONE}. */
  public EndpointSettingsBuilder setCompression(Compression compression) {
    this.compression = requireNonNull(compression, "compression");
    return this;
  }

  /**
   * Sets a PEM file with the trusted certificates, in place of those of the JVM. It has the
   * endpoint's certificate or the certificates of the authorities that signed it.
   */
  public EndpointSettingsBuilder setCertificate(Path certificate) {
    this.certificate = requireNonNull(certificate, "certificate");
    return this;
  }

  /**
   * Sets a PEM file with the certificate of this client and the intermediate certificates between
   * it and an authority.
   */
  public EndpointSettingsBuilder setClientCertificate(Path clientCertificate) {
    this.clientCertificate = requireNonNull(clientCertificate, "clientCertificate");
    return this;
  }

  /** Sets a PEM file with the private key of the client's certificate, in PKCS#8, not encrypted. */
  public EndpointSettingsBuilder setClientKey(Path clientKey) {
    this.clientKey = requireNonNull(clientKey, "clientKey");
    return this;
  }

  /** Sets the header User-Agent, as name/version. Default: {@value #DEFAULT_USER_AGENT}. */
  public EndpointSettingsBuilder setUserAgent(String userAgent) {
    this.userAgent = requireNonNull(userAgent, "userAgent");
    return this;
  }

  /**
   * Checks all values and builds the settings. Reads no file.
   *
   * @throws EndpointException if a value cannot be used
   */
  public EndpointSettings build() throws EndpointException {
    URI uri = uri();
    FileSetting clientCertificateFile =
        file("clientCertificate", clientCertificate, "CLIENT_CERTIFICATE");
    FileSetting clientKeyFile = file("clientKey", clientKey, "CLIENT_KEY");
    if ((clientCertificateFile == null) != (clientKeyFile == null)) {
      throw new EndpointException(
          "A client certificate needs its key, and a key its certificate: clientCertificate="
              + clientCertificateFile
              + " clientKey="
              + clientKeyFile
              + "; set both or none");
    }
    HeaderRules.requireValid("userAgent", "User-Agent", userAgent);
    return new EndpointSettings(
        uri,
        headers(),
        timeoutMs(),
        compression(),
        file("certificate", certificate, "CERTIFICATE"),
        clientCertificateFile,
        clientKeyFile,
        ProxyVariables.find(environment, uri),
        userAgent);
  }

  private URI uri() throws EndpointException {
    if (url != null) {
      return EndpointUrl.ofCommand("url", url);
    }
    variables.requireProtobuf();
    OtlpVariables.Variable own = variables.findOwn("ENDPOINT");
    if (own != null) {
      return EndpointUrl.ofMetrics(own.name(), own.value());
    }
    OtlpVariables.Variable base = variables.findGeneral("ENDPOINT");
    return base == null
        ? URI.create(EndpointSettings.DEFAULT_URL)
        : EndpointUrl.ofBase(base.name(), base.value());
  }

  private Map<String, String> headers() throws EndpointException {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    OtlpVariables.Variable variable = variables.find("HEADERS");
    if (variable != null) {
      all.putAll(HeaderRules.parseList(variable.name(), variable.value()));
    }
    for (Header header : headers) {
      HeaderRules.requireSettable("header", header.name());
      HeaderRules.requireValid("header", header.name(), header.value());
      all.put(header.name(), header.value());
    }
    return Collections.unmodifiableMap(all);
  }

  private long timeoutMs() throws EndpointException {
    if (timeoutMs != null) {
      return requireTimeout("timeoutMs", timeoutMs.toString(), timeoutMs);
    }
    OtlpVariables.Variable variable = variables.find("TIMEOUT");
    if (variable == null) {
      return EndpointSettings.DEFAULT_TIMEOUT_MS;
    }
    long value;
    try {
      value = Long.parseLong(variable.value());
    } catch (NumberFormatException e) {
      value = -1;
    }
    return requireTimeout(variable.name(), variable.value(), value);
  }

  private static long requireTimeout(String name, String text, long value)
      throws EndpointException {
    if (value < 0 || value > EndpointSettings.MAX_TIMEOUT_MS) {
      throw new EndpointException(
          name
              + " must be a number of milliseconds, 0 to "
              + EndpointSettings.MAX_TIMEOUT_MS
              + ": "
              + name
              + "="
              + text);
    }
    return value;
  }

  private Compression compression() throws EndpointException {
    if (compression != null) {
      return compression;
    }
    OtlpVariables.Variable variable = variables.find("COMPRESSION");
    if (variable == null) {
      return Compression.NONE;
    }
    return switch (variable.value().toLowerCase(Locale.ROOT)) {
      case "none" -> Compression.NONE;
      case "gzip" -> Compression.GZIP;
      default ->
          throw new EndpointException(
              variable.name()
                  + " must be none or gzip: "
                  + variable.name()
                  + "="
                  + variable.value());
    };
  }

  private @Nullable FileSetting file(String option, @Nullable Path path, String variableName)
      throws EndpointException {
    if (path != null) {
      return new FileSetting(option, path);
    }
    OtlpVariables.Variable variable = variables.find(variableName);
    return variable == null ? null : new FileSetting(variable.name(), variable.path());
  }
}
