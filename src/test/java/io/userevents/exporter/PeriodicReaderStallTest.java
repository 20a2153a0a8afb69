// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SDK's reader, which exports on the thread that flushes, while the consumer stands still. */
@Timeout(300)
class PeriodicReaderStallTest {

  private static final AttributeKey<Long> ORDER = AttributeKey.longKey("order");
  private static final int SERIES = 10;
  private static final int RING_SLOTS = 2;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("stalled");
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void release() {
    released.countDown();
  }

  @Test
  void shouldEndFlushAndShutdownWithinTheLongestExportWait() {
    tracepoint.attach(event -> awaitRelease());
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(RING_SLOTS)
                .setMaxPointsPerRecord(1)
                .setGatherRecords(false)
                .setMaxExportWait(Duration.ofMillis(50)));
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(
                PeriodicMetricReader.builder(exporter).setInterval(Duration.ofDays(1)).build())
            .build();
    LongCounter counter = provider.get("book").counterBuilder("orders").build();
    for (long order = 0; order < SERIES; order++) {
      counter.add(1, Attributes.of(ORDER, order));
    }

    // Both return while the consumer still stands.
    CompletableResultCode flushed = provider.forceFlush();
    assertThat(exporter.statistics().points(Outcome.DROPPED_FULL)).isEqualTo(SERIES - RING_SLOTS);
    CompletableResultCode shutdown = provider.shutdown();

    assertThat(released.getCount()).isEqualTo(1);
    assertThat(flushed.isDone()).as("two records have no outcome yet").isFalse();
    try (CapturedLog log = new CapturedLog(PeriodicMetricReader.class)) {
      released.countDown();
      await(flushed);
      // Its result does not say so.
      assertThat(log.messages(Level.WARNING)).containsExactly("Exporter failed");
    }
    await(shutdown);
    assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(RING_SLOTS);
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the consumer", e);
    }
  }
}
