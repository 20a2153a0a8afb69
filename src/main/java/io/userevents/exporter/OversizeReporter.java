// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Says in the log, once a minute at most, which metric has points that fit into no record. */
final class OversizeReporter {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());
  private static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

  private final int maxRecordLength;
  private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
  private final AtomicLong unreported = new AtomicLong();

  OversizeReporter(int maxRecordLength) {
    this.maxRecordLength = maxRecordLength;
  }

  void report(String metric, int encodedLength, long nowNs) {
    unreported.incrementAndGet();
    long due = nextNs.get();
    if (nowNs - due < 0 || !nextNs.compareAndSet(due, nowNs + INTERVAL_NS)) {
      return;
    }
    String length =
        encodedLength == Integer.MAX_VALUE
            ? "above 16 MiB, or attributes nested too deeply"
            : String.valueOf(encodedLength);
    try {
      LOGGER.log(
          Level.WARNING,
          "points dropped because they fit into no record, even without exemplars and description:"
              + " count={0} since the last report, last metric={1} encodedLength={2}"
              + " maxRecordLength={3}; record fewer or shorter attributes, or raise the limit with"
              + " setMaxRecordLength, above 4048 at the price of what ftrace delivers",
          new Object[] {
            String.valueOf(unreported.getAndSet(0)), metric, length, String.valueOf(maxRecordLength)
          });
    } catch (RuntimeException e) {
      // The application's log handler: it must not break off an export.
    }
  }
}
