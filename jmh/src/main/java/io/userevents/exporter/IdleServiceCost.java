// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.tracepoint.DevNullTracepoint;
import java.time.Duration;

/**
 * Prints the CPU time of each thread of a process in a second, and how often it wakes up, while the
 * process does nothing but what the SDK, the exporter and the JVM do in the background: 1,000
 * series, an export each minute, no measurement.
 *
 * <p>Arguments: {@code none} for no SDK and no exporter, {@code detached} for no listener, or
 * {@code attached}; then the seconds to measure.
 */
public final class IdleServiceCost {

  private static final int SERIES = 1000;

  /** The time until the consumer's sleeps have their full length, and the compilers are idle. */
  private static final long SETTLING_MS = 20_000;

  private IdleServiceCost() {}

  /** Prints a line for the process, then one for each of its threads. */
  @SuppressWarnings("Interruption") // Nobody interrupts the program.
  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println("arguments: none|detached|attached SECONDS");
      System.exit(2);
    }
    int seconds = Integer.parseInt(args[1]);
    if (args[0].equals("none")) {
      measure(seconds);
      return;
    }
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder()
            .setTracepoint(new DevNullTracepoint(args[0].equals("attached")))
            .build();
    try (SdkMeterProvider sdk =
        SdkMeterProvider.builder()
            .registerMetricReader(
                PeriodicMetricReader.builder(exporter).setInterval(Duration.ofMinutes(1)).build())
            .build()) {
      LongCounter counter = sdk.get("idle").counterBuilder("orders").build();
      for (long series = 0; series < SERIES; series++) {
        counter.add(1, Attributes.of(AttributeKey.longKey("series"), series));
      }
      measure(seconds);
    }
  }

  private static void measure(int seconds) throws Exception {
    ProcessCost unused = ProcessCost.start();
    Thread.sleep(SETTLING_MS);
    ProcessCost start = ProcessCost.start();
    Thread.sleep(seconds * 1000L);
    ProcessCost.end().print(start, seconds);
  }
}
