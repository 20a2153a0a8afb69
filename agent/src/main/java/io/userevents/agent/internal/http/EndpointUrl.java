// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Derives the address of requests from a configured URL. */
final class EndpointUrl {

  private static final String METRICS_PATH = "/v1/metrics";

  private EndpointUrl() {}

  /** Converts a URL of the command: the path of metrics is appended unless there is a path. */
  static URI ofCommand(String name, String url) throws EndpointException {
    URI uri = parse(name, url);
    String path = uri.getRawPath();
    return path.isEmpty() || path.equals("/") ? withPath(uri, METRICS_PATH) : uri;
  }

  /** Converts a base URL for all signals: the path of metrics is appended. */
  static URI ofBase(String name, String url) throws EndpointException {
    URI uri = parse(name, url);
    String path = uri.getRawPath();
    return withPath(
        uri, (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + METRICS_PATH);
  }

  /** Converts a URL for metrics, which is used unchanged. Without a path it means the root. */
  static URI ofMetrics(String name, String url) throws EndpointException {
    URI uri = parse(name, url);
    return uri.getRawPath().isEmpty() ? withPath(uri, "/") : uri;
  }

  /** Returns host and port in readable form, for messages. */
  static String authority(URI uri) {
    return uri.getHost() + ":" + port(uri);
  }

  /** Returns the port of the URL or the default port of its scheme. */
  static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equals("https") ? 443 : 80;
  }

  private static URI parse(String name, String url) throws EndpointException {
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw refused(name, url, e.getReason() + " at index " + e.getIndex());
    }
    @Nullable String scheme = uri.getScheme();
    if (scheme == null || !scheme.toLowerCase(Locale.ROOT).matches("https?")) {
      throw refused(name, url, "it must begin with http:// or https://");
    }
    if (uri.getRawUserInfo() != null
        || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
      throw refused(
          name,
          url,
          "a URL must not have a user and password, because it is logged; send them as the header"
              + " Authorization: Basic and the base64 form of user:password");
    }
    if (uri.getHost() == null) {
      throw refused(
          name,
          url,
          "it needs the name or address of a host; a name has letters, digits, dots and dashes"
              + " only");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw refused(name, url, "the port must be 1 to 65535");
    }
    return build(scheme.toLowerCase(Locale.ROOT), uri, uri.getRawPath());
  }

  private static URI withPath(URI uri, String path) {
    return build(uri.getScheme(), uri, path);
  }

  /** Removes the fragment, which is never sent. */
  private static URI build(String scheme, URI uri, String path) {
    return URI.create(
        scheme
            + "://"
            + uri.getRawAuthority()
            + path
            + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
  }

  private static EndpointException refused(String name, String url, String why) {
    return new EndpointException(
        name
            + " is not the URL of an endpoint, such as http://collector:4318: "
            + name
            + "="
            + PrintableText.line(withoutUser(url), 200)
            + "; "
            + why);
  }

  /** Hides a password, which must not reach the log wherever the URL is malformed. */
  static String withoutUser(String url) {
    int at = url.lastIndexOf('@');
    if (at < 0) {
      return url;
    }
    int scheme = url.indexOf("://");
    return (scheme >= 0 && scheme < at ? url.substring(0, scheme + 3) : "")
        + "...@"
        + url.substring(at + 1);
  }
}
