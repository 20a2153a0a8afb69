// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of the OTLP exporter specification. The variant for metrics takes precedence over
 * the general variable.
 */
final class OtlpVariables {

  private static final String GENERAL = "OTEL_EXPORTER_OTLP_";
  private static final String METRICS = "OTEL_EXPORTER_OTLP_METRICS_";

  /** A variable that is set. Its value is not empty and has no space around it. */
  record Variable(String name, String value) {

    Path path() throws EndpointException {
      try {
        return Path.of(value);
      } catch (InvalidPathException e) {
        throw new EndpointException(name + " must be the path of a file: " + name + "=" + value, e);
      }
    }

    @Override
    public String toString() {
      return "Variable{name=" + name + '}';
    }
  }

  private final Map<String, String> environment;

  OtlpVariables(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Returns the variant for metrics or, if it is not set, the general variable. */
  @Nullable Variable find(String suffix) {
    Variable own = findOwn(suffix);
    return own == null ? findGeneral(suffix) : own;
  }

  @Nullable Variable findOwn(String suffix) {
    return read(METRICS + suffix);
  }

  @Nullable Variable findGeneral(String suffix) {
    return read(GENERAL + suffix);
  }

  /** Refuses protocols other than this agent's. */
  void requireProtobuf() throws EndpointException {
    Variable protocol = find("PROTOCOL");
    if (protocol != null && !protocol.value().toLowerCase(Locale.ROOT).equals("http/protobuf")) {
      throw new EndpointException(
          protocol.name()
              + " must be http/protobuf, the only supported protocol: "
              + protocol.name()
              + "="
              + protocol.value()
              + "; set the endpoint's address for OTLP/HTTP, whose port is usually 4318, or set"
              + " OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf");
    }
  }

  private @Nullable Variable read(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : new Variable(name, value.strip());
  }
}
