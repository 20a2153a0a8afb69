// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.time.Duration;
import java.util.function.Supplier;

/** The agent's metrics of itself, once in an interval. For the dispatcher's thread. */
final class SelfReports implements Dispatcher.SelfReport {

  private static final byte[] NOT_DUE = {};

  private final long intervalNs;
  private final Supplier<byte[]> request;
  private long lastNs = System.nanoTime();

  /** Reports; none at all if the interval is 0. */
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
