// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.pipeline.Outcome;
import io.userevents.testing.FullHeap;
import io.userevents.tracepoint.RegisteringSyscalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has the heap full from before the first export, and checks that exports work afterwards. For a
 * separate process, with a small heap.
 *
 * <p>Arguments: a {@link Variant}, and a folder whose {@code user_events_data} takes the events.
 * Ends with a status other than 0 if something does not work.
 */
final class FullHeapProgram {

  /** Who exports. */
  enum Variant {
    APPLICATION,
    READER
  }

  private static final long HELD_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long REFILL_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PATIENCE_S = 60;
  private static final int POINTS = 500;
  private static final int MAX_RESULTS = 1 << 12;

  /** From nothing at all to what an export of few points needs. */
  private static final int MAX_BLOCKS = 1000;

  private static final int MORE_BLOCKS = 20;

  private final RegisteringSyscalls kernel = new RegisteringSyscalls();
  private final UserEventsMetricExporter exporter;

  private FullHeapProgram(Path tracefs) {
    exporter =
        UserEventsMetricExporter.builder()
            .setTracepoint(kernel.tracepoint("otlp_metrics", tracefs))
            .build();
    require(exporter.awaitRegistration(Duration.ofSeconds(PATIENCE_S)), "not registered");
  }

  public static void main(String[] arguments) {
    try {
      FullHeapProgram program = new FullHeapProgram(Path.of(arguments[1]));
      switch (Variant.valueOf(arguments[0])) {
        case APPLICATION -> program.export();
        case READER -> program.read();
      }
      System.out.println("ok " + program.exporter.statistics());
    } catch (Throwable e) {
      FullHeap.empty();
      e.printStackTrace(System.out);
      System.exit(1);
    }
  }

  private void export() {
    List<MetricData> metrics = List.of(Metrics.range("orders", 0, POINTS));
    CompletableResultCode[] results = new CompletableResultCode[MAX_RESULTS];
    int given = 0;
    int refused = 0;
    int calls = 0;
    long startNs = System.nanoTime();
    while (System.nanoTime() - startNs < HELD_NS && given < MAX_RESULTS) {
      FullHeap.fill();
      FullHeap.giveBack(calls * MORE_BLOCKS % MAX_BLOCKS);
      try {
        results[given] = calls % 3 == 2 ? exporter.flush() : exporter.export(metrics);
        given++;
      } catch (OutOfMemoryError e) {
        // The application's thread has too little memory for the call.
        refused++;
      }
      calls++;
    }
    FullHeap.empty();
    requireSuccess("export", exporter.export(metrics));
    requireSuccess("flush", exporter.flush());
    requireSuccess("shutdown", exporter.shutdown());
    require(refused > 0, "the heap was not full");
    for (int i = 0; i < given; i++) {
      require(results[i].isDone(), "the result of call " + i + " is not complete");
    }
    require(kernel.descriptors() == 0, "a descriptor is open");
    require(kernel.registrations() == 0, "it was not unregistered");
  }

  /**
   * The metrics are not of the SDK: an SDK whose collection had no memory may spin in all later
   * ones ({@code DeltaSynchronousMetricStorage} of 1.67.0).
   */
  private void read() {
    List<MetricData> metrics = List.of(Metrics.range("orders", 0, POINTS));
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(exporter).setInterval(Duration.ofMillis(20)).build();
    reader.register(
        new CollectionRegistration() {
          @Override
          public Collection<MetricData> collectAllMetrics() {
            return new ArrayList<>(metrics);
          }
        });
    int rounds = 0;
    long startNs = System.nanoTime();
    while (System.nanoTime() - startNs < HELD_NS) {
      FullHeap.fill();
      FullHeap.giveBack(rounds * MORE_BLOCKS % MAX_BLOCKS);
      rounds++;
      LockSupport.parkNanos(REFILL_NS);
    }
    FullHeap.empty();
    long before = exporter.statistics().points(Outcome.WRITTEN);
    requireSuccess("flush", reader.forceFlush());
    require(exporter.statistics().points(Outcome.WRITTEN) > before, "nothing is written");
    requireSuccess("shutdown", reader.shutdown());
  }

  private void requireSuccess(String call, CompletableResultCode result) {
    result.join(PATIENCE_S, TimeUnit.SECONDS);
    require(result.isDone() && result.isSuccess(), call + " isDone=" + result.isDone());
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise + ": " + exporter.statistics());
    }
  }
}
