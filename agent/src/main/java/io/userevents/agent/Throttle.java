// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.concurrent.TimeUnit;

/** Limits a log line to one in {@value #INTERVAL_S} s. Used by one thread. */
final class Throttle {

  static final int INTERVAL_S = 10;

  private boolean wasDue;
  private long lastNs;

  /** Returns whether the line may be written now. If so, the interval begins again. */
  boolean isDue() {
    long nowNs = System.nanoTime();
    if (wasDue && nowNs - lastNs < TimeUnit.SECONDS.toNanos(INTERVAL_S)) {
      return false;
    }
    wasDue = true;
    lastNs = nowNs;
    return true;
  }
}
