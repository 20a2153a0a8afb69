// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go's {@code golang.org/x/net/http/httpproxy} does,
 * so that an agent and a Collector on one machine use the same proxy. Variables in capitals take
 * precedence over those in small letters. Endpoints on this machine are reached without a proxy.
 */
final class ProxyVariables {

  private ProxyVariables() {}

  /** Returns the proxy for an endpoint, or null. */
  static @Nullable ProxyAddress find(Map<String, String> environment, URI endpoint)
      throws EndpointException {
    String name = endpoint.getScheme().equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
    String value = read(environment, name);
    if (value.isEmpty()) {
      name = name.toLowerCase(Locale.ROOT);
      value = read(environment, name);
    }
    if (value.isEmpty() || isExempt(environment, endpoint)) {
      return null;
    }
    return parse(name, value);
  }

  private static boolean isExempt(Map<String, String> environment, URI endpoint) {
    String host = bare(endpoint.getHost());
    byte @Nullable [] address = IpAddresses.parse(host);
    if (host.equals("localhost") || (address != null && IpAddresses.isLoopback(address))) {
      return true;
    }
    String list = read(environment, "NO_PROXY");
    if (list.isEmpty()) {
      list = read(environment, "no_proxy");
    }
    int port = EndpointUrl.port(endpoint);
    return Arrays.stream(list.split(","))
        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
        .anyMatch(entry -> matches(entry, host, address, port));
  }

  /** One entry: all, a network, an address or a domain, the last two with a port or without. */
  private static boolean matches(String entry, String host, byte @Nullable [] address, int port) {
    if (entry.isEmpty()) {
      return false;
    }
    if (entry.equals("*")) {
      return true;
    }
    if (entry.indexOf('/') >= 0) {
      return address != null && IpAddresses.isInNetwork(address, entry);
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    boolean hasPort = colon >= 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
    if (hasPort) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    name = bare(name);
    byte @Nullable [] listed = IpAddresses.parse(name);
    if (listed != null || address != null) {
      return Arrays.equals(listed, address);
    }
    if (name.startsWith("*.")) {
      name = name.substring(1);
    }
    // An entry with a leading dot matches names below the domain, but not the domain.
    return name.startsWith(".")
        ? host.endsWith(name)
        : host.equals(name) || host.endsWith("." + name);
  }

  private static ProxyAddress parse(String name, String value) throws EndpointException {
    URI uri;
    try {
      uri = new URI(value.contains("://") ? value : "http://" + value);
    } catch (URISyntaxException e) {
      throw refused(name, value, e.getReason());
    }
    if (!"http".equalsIgnoreCase(uri.getScheme())) {
      throw refused(name, value, "only proxies with the scheme http are supported");
    }
    if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
      throw refused(
          name,
          value,
          "proxies that demand a user and a password are not supported; add the endpoint to"
              + " NO_PROXY, or use a proxy without authentication");
    }
    if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw refused(name, value, "it needs a host and a port of 1 to 65535");
    }
    return new ProxyAddress(name, bare(uri.getHost()), uri.getPort() < 0 ? 80 : uri.getPort());
  }

  private static EndpointException refused(String name, String value, String why) {
    return new EndpointException(
        name
            + " is not the address of a proxy, such as http://proxy:3128: "
            + name
            + "="
            + PrintableText.line(EndpointUrl.withoutUser(value), 200)
            + "; "
            + why);
  }

  private static String bare(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }

  private static String read(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "").strip();
  }
}
