// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.userevents.affinity.CpuAffinity;
import io.userevents.affinity.CpuAffinityException;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the examples, with a listener within the process. */
@Timeout(300)
class ExamplesTest {

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");

  @BeforeEach
  void attach() {
    tracepoint.attach(event -> received.write(event, 0, event.length));
  }

  @Test
  void shouldExportWithThePlainSdk() throws Exception {
    try (PlainSdk shop = new PlainSdk(exporter())) {
      shop.buy();
      shop.buy();
    }

    Metric orders =
        metrics().stream().filter(metric -> metric.getName().equals("orders")).findFirst().get();
    assertThat(orders.getSum().getDataPointsList())
        .extracting(NumberDataPoint::getAsInt)
        .containsExactly(2L);
  }

  @Test
  void shouldCollectOnlyWhileSomebodyListens() throws Exception {
    tracepoint.detach();
    AtomicInteger queries = new AtomicInteger();
    try (CollectedOnAttach shop =
        new CollectedOnAttach(
            exporter(),
            () -> {
              queries.incrementAndGet();
              return 7;
            })) {
      shop.buy();
      shop.buy();
      CountDownLatch told = new CountDownLatch(1);
      tracepoint.attach(
          event -> {
            received.write(event, 0, event.length);
            told.countDown();
          });
      // Much sooner than after the minute of the interval.
      assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
      tracepoint.detach();
      shop.buy();
    }

    assertThat(metrics())
        .extracting(
            metric ->
                metric.hasSum()
                    ? "ordered " + metric.getSum().getDataPoints(0).getAsInt()
                    : "stock " + metric.getGauge().getDataPoints(0).getAsInt())
        .containsExactlyInAnyOrder("ordered 2", "stock 7");
    assertThat(queries).as("one for who listened, none at the end").hasValue(1);
  }

  @Test
  void shouldPublishTheFillsOfAMatchingEngine() throws Exception {
    try (MatchingEngine engine =
        new MatchingEngine(RecordPipeline.builder().setTracepoint(tracepoint), lastCpu())) {
      engine.onSell(500);
      engine.onSell(200);
      engine.onBuy();
      engine.onBuy();
      engine.onBuy();
    }

    assertThat(metrics())
        .extracting(
            metric ->
                metric.hasSum()
                    ? "filled " + metric.getSum().getDataPoints(0).getAsInt()
                    : "depth " + metric.getGauge().getDataPoints(0).getAsInt())
        .containsExactly("depth 1", "depth 2", "filled 500", "depth 1", "filled 200", "depth 0");
  }

  @Test
  void shouldGiveFillsTheWholeRingAndAShortWaitAndDepthHalfOfIt() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    tracepoint.attach(
        event -> {
          writing.countDown();
          awaitUninterrupted(released);
        });
    MatchingEngine engine =
        new MatchingEngine(RecordPipeline.builder().setTracepoint(tracepoint), lastCpu());
    engine.onSell(1);
    // From now on, no slot becomes free.
    awaitUninterrupted(writing);

    for (int i = 1; i < 2048; i++) {
      engine.onSell(1);
    }
    assertThat(dropped(engine)).as("up to half of 4,096 slots").isZero();
    long depthNs = shortest(100, () -> engine.onSell(1));
    assertThat(dropped(engine)).as("depth beyond that").isEqualTo(100);
    for (int i = 0; i < 2048; i++) {
      engine.onBuy();
    }
    assertThat(dropped(engine)).as("of each its depth, but no fill").isEqualTo(100 + 2048);
    long fillNs = shortest(100, engine::onBuy);
    assertThat(dropped(engine)).as("then fills as well").isEqualTo(100 + 2048 + 2 * 100);

    // Something else may hold up this thread, but not each time.
    assertThat(fillNs).as("waits").isGreaterThanOrEqualTo(10_000);
    assertThat(depthNs).as("does not").isLessThan(fillNs);
    released.countDown();
    engine.close();
    assertThat(engine.statistics().written()).isEqualTo(4096);
  }

  @Test
  void shouldPinTheConsumerOfAMatchingEngine() throws Exception {
    CompletableFuture<String> status = new CompletableFuture<>();
    tracepoint.attach(
        event -> {
          // On the consumer's thread, which writes.
          try {
            status.complete(Files.readString(Path.of("/proc/thread-self/status")));
          } catch (IOException e) {
            status.completeExceptionally(e);
          }
        });
    int cpu = lastCpu();

    try (MatchingEngine engine =
        new MatchingEngine(RecordPipeline.builder().setTracepoint(tracepoint), cpu)) {
      engine.onSell(1);

      assertThat(status.get(60, TimeUnit.SECONDS)).contains("Cpus_allowed_list:\t" + cpu + "\n");
    }
  }

  @Test
  void shouldPublishEveryFrameOfAGame() throws Exception {
    UserEventsMetricExporter exporter = exporter();
    GameLoop loop = new GameLoop(exporter);
    for (int frame = 0; frame < 3; frame++) {
      loop.frame(100 + frame, () -> {});
    }
    exporter.shutdown().join(60, TimeUnit.SECONDS);

    List<Metric> metrics = metrics();
    assertThat(metrics)
        .extracting(Metric::getName)
        .containsExactly(
            "game.frame.time",
            "game.players",
            "game.frame.time",
            "game.players",
            "game.frame.time",
            "game.players");
    assertThat(metrics)
        .filteredOn(metric -> metric.getName().equals("game.players"))
        .extracting(metric -> metric.getGauge().getDataPoints(0).getAsInt())
        .containsExactly(100L, 101L, 102L);
    assertThat(metrics.get(0).getGauge().getDataPoints(0).getAsDouble()).isBetween(0.0, 10_000.0);
  }

  @Test
  void shouldMakeTheExporterByAPropertyAlone() {
    List<MetricExporter> exporters = new CopyOnWriteArrayList<>();

    AutoconfiguredSdk.run(
        AutoConfiguredOpenTelemetrySdk.builder()
            .disableShutdownHook()
            .addMetricExporterCustomizer(
                (exporter, config) -> {
                  exporters.add(exporter);
                  return exporter;
                })
            .addPropertiesSupplier(
                () ->
                    Map.of(
                        "otel.metrics.exporter", "user_events",
                        "otel.traces.exporter", "none",
                        "otel.logs.exporter", "none",
                        "otel.exporter.user_events.event_name", "shop_orders")));

    assertThat(exporters).hasSize(1);
    assertThat(exporters.get(0).toString()).contains("eventName=shop_orders");
    assertThat(((UserEventsMetricExporter) exporters.get(0)).statistics().exports())
        .as("the SDK's last one, at its end")
        .isPositive();
  }

  /** Not the one that a thread is likely to have anyway, unless there is but one. */
  private static int lastCpu() throws CpuAffinityException {
    return CpuAffinity.allowedCpus().stream().max().getAsInt();
  }

  private static long dropped(MatchingEngine engine) {
    return engine.statistics().count(Outcome.DROPPED_FULL);
  }

  private static long shortest(int times, Runnable call) {
    long shortestNs = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      long startNs = System.nanoTime();
      call.run();
      shortestNs = Math.min(shortestNs, System.nanoTime() - startNs);
    }
    return shortestNs;
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("waited for too long");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private UserEventsMetricExporter exporter() {
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder().setTracepoint(tracepoint).build();
    assertThat(exporter.awaitRegistration(Duration.ofSeconds(60))).isTrue();
    return exporter;
  }

  private List<Metric> metrics() throws Exception {
    return ExportMetricsServiceRequest.parseFrom(received.toByteArray())
        .getResourceMetricsList()
        .stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .toList();
  }
}
