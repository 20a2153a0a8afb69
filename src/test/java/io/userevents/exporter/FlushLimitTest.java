// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.userevents.pipeline.RecordClaim;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class FlushLimitTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final CountDownLatch claimed = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger collections = new AtomicInteger();

  /** All at once, as the limit is that of the whole test. */
  @Test
  void shouldFailAfterTenSecondsWhatAClaimHoldsUp() throws Exception {
    Map<String, CompletableResultCode> results = new LinkedHashMap<>();
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      Thread holder = new Thread(() -> hold(pipeline), "holder");
      holder.start();
      claimed.await();
      UserEventsMetricExporter exporter = exporters.start(builder(pipeline));
      CompletableResultCode exported = exporter.export(List.of(Metrics.sum("a", 1)));
      UserEventsMetricReader collecting = reader(pipeline, Duration.ZERO);
      while (collections.get() == 0) {
        Thread.sleep(1);
      }
      UserEventsMetricReader waiting = reader(pipeline, Duration.ofSeconds(10));
      long startNs = System.nanoTime();

      results.put("flush", exporter.flush());
      results.put("shutdown", exporters.start(builder(pipeline)).shutdown());
      results.put("forceFlush behind a collection", collecting.forceFlush());
      results.put("forceFlush", waiting.forceFlush());

      for (Map.Entry<String, CompletableResultCode> result : results.entrySet()) {
        assertFailed(result.getKey(), result.getValue());
      }
      assertThat(Duration.ofNanos(System.nanoTime() - startNs))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
      assertThat(collections).as("one for each reader").hasValue(2);
      assertThat(exported.isDone()).as("records keep their outcomes").isFalse();
      released.countDown();
      holder.join();
      assertThat(await(exported).isSuccess()).isTrue();
      assertThat(await(waiting.shutdown()).isSuccess()).isTrue();
      assertThat(await(collecting.shutdown()).isSuccess()).isTrue();
    }
  }

  private static void assertFailed(String what, CompletableResultCode result) {
    result.join(60, TimeUnit.SECONDS);
    assertThat(result.isDone()).as(what).isTrue();
    assertThat(result.isSuccess()).as(what).isFalse();
    @Nullable Throwable cause = result.getFailureThrowable();
    assertThat(cause)
        .as(what)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("a claim holds them up: sequence=0 thread=holder");
  }

  private static UserEventsMetricExporterBuilder builder(RecordPipeline pipeline) {
    return UserEventsMetricExporter.builder().setPipeline(pipeline);
  }

  private UserEventsMetricReader reader(RecordPipeline pipeline, Duration attachDelay) {
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(exporters.start(builder(pipeline)))
            .setInterval(Duration.ofDays(1))
            .setAttachDelay(attachDelay)
            .build();
    reader.register(
        new CollectionRegistration() {
          @Override
          public Collection<MetricData> collectAllMetrics() {
            return List.of(Metrics.sum("collected", collections.incrementAndGet()));
          }
        });
    return reader;
  }

  private void hold(RecordPipeline pipeline) {
    RecordClaim claim = pipeline.tryClaim(1);
    claimed.countDown();
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the holder", e);
    }
    claim.abort();
  }
}
