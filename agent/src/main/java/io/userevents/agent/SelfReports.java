// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.time.Duration;
import java.util.function.Supplier;

/** Supplies the agent's own metrics once per interval. Used by the dispatcher's thread. */
final class SelfReports implements Dispatcher.SelfReport {

  private static final byte[] NOT_DUE = {};

  private final long intervalNs;
  private final Supplier<byte[]> request;
  private long lastNs = System.nanoTime();

  /** Creates the reports. An interval of 0 means no reports. */
  SelfReports(Duration interval, Supplier<byte[]> request) {
    this.intervalNs = interval.toNanos();
    this.request = request;
  }

  @Override
  public byte[] takeIfDue() {
    if (intervalNs == 0 || System.nanoTime() - lastNs < intervalNs) {
      return NOT_DUE;
    }
    lastNs = System.nanoTime();
    return request.get();
  }
}
