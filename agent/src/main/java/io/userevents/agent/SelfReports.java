// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** Supplies the agent's own metrics once per interval. Used by the dispatcher's thread. */
final class SelfReports {

  private static final byte[] NOT_DUE = {};

  private final long intervalNs;
  private final Supplier<byte[]> request;
  private long lastNs = System.nanoTime();

  /** Creates the reports. An interval of 0 means no reports. */
  SelfReports(Duration interval, Supplier<byte[]> request) {
    this.intervalNs = interval.toNanos();
    this.request = request;
  }

  /** Returns the version of the agent, or an empty text if it does not run from a jar. */
  static String version() {
    String version = Forwarder.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  /**
   * Returns the resource of the agent's own metrics. The id of the instance is new for each start,
   * as the semantic conventions recommend, so that two agents of a host are never taken for one.
   */
  static Map<String, String> resource(String hostName) {
    return Map.of(
        "service.name",
        "user-events-agent",
        "service.instance.id",
        UUID.randomUUID().toString(),
        "service.version",
        version(),
        "host.name",
        hostName);
  }

  /** Returns a request that is due, or an empty array. */
  byte[] takeIfDue() {
    if (intervalNs == 0 || System.nanoTime() - lastNs < intervalNs) {
      return NOT_DUE;
    }
    lastNs = System.nanoTime();
    return request.get();
  }
}
