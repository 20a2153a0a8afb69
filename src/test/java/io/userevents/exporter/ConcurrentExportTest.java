// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class ConcurrentExportTest {

  private static final int THREADS = 4;
  private static final int EXPORTS = 200;

  /** More than fit into one record, so that exports mingle in the ring. */
  private static final int POINTS = 150;

  @RegisterExtension private final Exporters exporters = new Exporters();

  @Test
  void shouldWriteEveryPointOnce() throws Exception {
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
    ReceivedEvents received = new ReceivedEvents();
    tracepoint.attach(received);
    // Room for all records, since one that is refused would be no fault.
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setRingSlots(4096));
    CyclicBarrier start = new CyclicBarrier(THREADS);
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<List<CompletableResultCode>>> futures = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        long first = (long) thread * EXPORTS * POINTS;
        futures.add(
            executor.submit(
                () -> {
                  start.await();
                  return exportFrom(exporter, first);
                }));
      }
      for (Future<List<CompletableResultCode>> future : futures) {
        for (CompletableResultCode result : future.get()) {
          assertThat(await(result).isSuccess()).isTrue();
        }
      }
    } finally {
      executor.shutdownNow();
    }

    long points = (long) THREADS * EXPORTS * POINTS;
    assertThat(received.values().stream().mapToLong(Long::longValue).sorted().toArray())
        .isEqualTo(LongStream.range(0, points).toArray());
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(points);
    assertThat(exporter.statistics().exports()).isEqualTo(THREADS * EXPORTS);
  }

  private static List<CompletableResultCode> exportFrom(
      UserEventsMetricExporter exporter, long first) {
    List<CompletableResultCode> results = new ArrayList<>();
    for (long value = first; value < first + EXPORTS * POINTS; value += POINTS) {
      results.add(exporter.export(List.of(Metrics.range("a", value, value + POINTS))));
    }
    return results;
  }
}
