// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.concurrent.TimeUnit;

/** Lets a log line through once in {@value #INTERVAL_S} s. For one thread. */
final class Throttle {

  static final int INTERVAL_S = 10;

  private boolean wasDue;
  private long lastNs;

  /** Whether the line may be written now; then the next one may not for a while. */
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
