// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Describes the reason of a failed exchange for the person who must repair it. */
final class FailureText {

  private static final int MAX_CAUSES = 10;

  private FailureText() {}

  /** Returns whether TLS is the cause: a certificate, or a side that does not speak TLS. */
  static boolean isTls(Throwable failure) {
    return find(failure, SSLException.class) != null;
  }

  /** Describes the cause of a failure that TLS did not cause. */
  static String describe(Throwable failure) {
    if (find(failure, UnresolvedAddressException.class) != null
        || find(failure, UnknownHostException.class) != null) {
      return "the name of the host is unknown";
    }
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      // The JDK has lost the message: it tries twice, and finds its own channel closed.
      return "no connection was made; check that a server listens at this address and is reachable";
    }
    return message(failure);
  }

  /** Describes the cause of a TLS failure and its repair. */
  static String describeTls(Throwable failure) {
    return explainTls(failure) + " (" + message(failure) + ")";
  }

  private static String explainTls(Throwable failure) {
    String all = messages(failure);
    if (find(failure, CertificateExpiredException.class) != null) {
      return "the endpoint's certificate has expired";
    }
    if (find(failure, CertificateNotYetValidException.class) != null) {
      return "the endpoint's certificate is not valid yet, or this machine's clock is behind";
    }
    if (all.contains("No subject alternative") || all.contains("No name matching")) {
      return "the endpoint's certificate names other hosts than the URL";
    }
    if (all.contains("unable to find valid certification path")
        || all.contains("PKIX path")
        || all.contains("trustAnchors")) {
      return "the endpoint's certificate is not signed by a trusted authority; give the"
          + " authority's certificate with --certificate or OTEL_EXPORTER_OTLP_CERTIFICATE";
    }
    if (all.contains("nrecognized SSL message")) {
      return "the endpoint does not speak TLS; its URL may have to begin with http://";
    }
    if (all.contains("certificate_required") || all.contains("bad_certificate")) {
      return "the endpoint demands a client certificate that it trusts; set --client-certificate"
          + " and --client-key, or OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and"
          + " OTEL_EXPORTER_OTLP_CLIENT_KEY";
    }
    return "the two sides did not agree on TLS";
  }

  /** Returns the innermost message. The outer messages repeat it with names of classes. */
  private static String message(Throwable failure) {
    String message = "";
    for (Throwable cause : causes(failure)) {
      String own = cause.getMessage();
      if (own != null && !own.isBlank()) {
        message = own;
      }
    }
    return message.isEmpty() ? causes(failure).get(0).getClass().getSimpleName() : message;
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause : causes(failure)) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause : causes(failure)) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && causes.size() < MAX_CAUSES;
        cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }
}
