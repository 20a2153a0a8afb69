// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an endpoint: where and how requests are sent. Immutable. {@link #toString} shows
 * no header values.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EndpointSettings {

  /** The endpoint that is used if none is set, as the OTLP exporter specification says. */
  public static final String DEFAULT_URL = "http://localhost:4318/v1/metrics";

  /** The default time limit of an exchange, in milliseconds. */
  public static final long DEFAULT_TIMEOUT_MS = 10_000;

  /** The longest time limit of an exchange, in milliseconds: one hour. */
  public static final long MAX_TIMEOUT_MS = 3_600_000;

  /** A file, and the name of its setting for messages. */
  record FileSetting(String name, Path path) {

    @Override
    public String toString() {
      return name + "=" + path;
    }
  }

  private final URI uri;
  private final Map<String, String> headers;
  private final long timeoutMs;
  private final Compression compression;
  private final @Nullable FileSetting certificate;
  private final @Nullable FileSetting clientCertificate;
  private final @Nullable FileSetting clientKey;
  private final @Nullable ProxyAddress proxy;
  private final String userAgent;

  EndpointSettings(
      URI uri,
      Map<String, String> headers,
      long timeoutMs,
      Compression compression,
      @Nullable FileSetting certificate,
      @Nullable FileSetting clientCertificate,
      @Nullable FileSetting clientKey,
      @Nullable ProxyAddress proxy,
      String userAgent) {
    this.uri = uri;
    this.headers = headers;
    this.timeoutMs = timeoutMs;
    this.compression = compression;
    this.certificate = certificate;
    this.clientCertificate = clientCertificate;
    this.clientKey = clientKey;
    this.proxy = proxy;
    this.userAgent = userAgent;
  }

  /** Returns a builder that reads no environment variables. */
  public static EndpointSettingsBuilder builder() {
    return new EndpointSettingsBuilder();
  }

  /**
   * Reads the variables {@code OTEL_EXPORTER_OTLP_*} and those of proxies; see {@link
   * EndpointSettingsBuilder#setEnvironment}.
   *
   * @throws EndpointException if a variable cannot be used
   */
  public static EndpointSettings fromEnvironment(Map<String, String> environment)
      throws EndpointException {
    return builder().setEnvironment(environment).build();
  }

  /** Returns the address of the requests, with its path. */
  public URI uri() {
    return uri;
  }

  /** Returns the headers of each request. Their values are usually secrets. */
  Map<String, String> headers() {
    return headers;
  }

  /**
   * Returns the time limit of an exchange in milliseconds, up to {@value #MAX_TIMEOUT_MS}; 0 means
   * no limit.
   */
  public long timeoutMs() {
    return timeoutMs;
  }

  /** Returns the compression of bodies. */
  public Compression compression() {
    return compression;
  }

  @Nullable FileSetting certificate() {
    return certificate;
  }

  @Nullable FileSetting clientCertificate() {
    return clientCertificate;
  }

  @Nullable FileSetting clientKey() {
    return clientKey;
  }

  @Nullable ProxyAddress proxy() {
    return proxy;
  }

  String userAgent() {
    return userAgent;
  }

  @Override
  public String toString() {
    return "EndpointSettings{uri="
        + uri
        + ", headers="
        + headers.keySet()
        + ", timeoutMs="
        + timeoutMs
        + ", compression="
        + compression
        + ", certificate="
        + certificate
        + ", clientCertificate="
        + clientCertificate
        + ", clientKey="
        + clientKey
        + ", proxy="
        + proxy
        + ", userAgent="
        + userAgent
        + '}';
  }
}
