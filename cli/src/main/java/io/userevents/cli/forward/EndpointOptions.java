// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.ForwarderBuilder;
import io.userevents.cli.console.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options that select where and how to send. */
final class EndpointOptions {

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "URL",
      arity = "0..1",
      description = {
        "Send to this endpoint, for example http://collector:4318. /v1/metrics is added to a URL"
            + " without a path. Default: OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,"
            + " OTEL_EXPORTER_OTLP_ENDPOINT, or http://localhost:4318."
      })
  private @Nullable String url;

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = {
        "Add a header to each request. May be repeated. Every user on this machine can see the"
            + " options of a command: give secrets in OTEL_EXPORTER_OTLP_HEADERS."
      })
  private List<String> headers = List.of();

  @Option(
      names = "--compression",
      paramLabel = "KIND",
      description =
          "Compress requests: none or gzip. Default: OTEL_EXPORTER_OTLP_COMPRESSION, or none.")
  private @Nullable Kind compression;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Limit the time of a request and its answer; 0s for no limit. Default:"
              + " OTEL_EXPORTER_OTLP_TIMEOUT, or 10s.")
  private @Nullable Duration timeout;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description =
          "Trust the certificates in this PEM file. Default: OTEL_EXPORTER_OTLP_CERTIFICATE, or the"
              + " JVM's.")
  private @Nullable Path certificate;

  @Option(
      names = "--client-certificate",
      paramLabel = "FILE",
      description = "Use the client certificate in this PEM file. Needs --client-key.")
  private @Nullable Path clientCertificate;

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "Use the key of --client-certificate in this PEM file (PKCS#8).")
  private @Nullable Path clientKey;

  /** The names are those of the option's values. */
  enum Kind {
    none,
    gzip
  }

  void apply(ForwarderBuilder builder, Map<String, String> environment) {
    builder.setEnvironment(environment);
    if (url != null) {
      builder.setEndpoint(url);
    }
    for (String header : headers) {
      int equals = header.indexOf('=');
      if (equals < 1) {
        // The message leaves out the text, which may be a secret.
        throw new ParameterException(spec.commandLine(), "--header must be NAME=VALUE");
      }
      builder.addHeader(header.substring(0, equals), header.substring(equals + 1));
    }
    if (compression != null) {
      builder.setCompressed(compression == Kind.gzip);
    }
    if (timeout != null) {
      builder.setTimeout(timeout);
    }
    if (certificate != null) {
      builder.setCertificate(certificate);
    }
    if ((clientCertificate == null) != (clientKey == null)) {
      throw new ParameterException(
          spec.commandLine(), "--client-certificate and --client-key need each other");
    }
    if (clientCertificate != null && clientKey != null) {
      builder.setClientCertificate(clientCertificate, clientKey);
    }
  }
}
