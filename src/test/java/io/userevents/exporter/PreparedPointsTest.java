// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.prepared.PreparedDoublePoint;
import io.userevents.exporter.prepared.PreparedLongPoint;
import io.userevents.exporter.prepared.PreparedPoints;
import io.userevents.exporter.prepared.PreparedPointsBuilder;
import io.userevents.pipeline.BackPressurePolicies;
import io.userevents.pipeline.BackPressurePolicy;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.pipeline.RecordPipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class PreparedPointsTest {

  private static final Attributes VENUE = Attributes.builder().put("venue", "XLON").build();

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final AtomicLong clock = new AtomicLong(1000);

  @Test
  void shouldPublishEveryValueOfAGauge() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedPoints points = points(exporter);
    PreparedLongPoint depth = points.longGauge("depth").setAttributes(VENUE).build();
    PreparedDoublePoint price =
        points.doubleGauge("price").setUnit("{cent}").setDescription("of the last trade").build();

    assertThat(depth.publish(7)).isTrue();
    assertThat(depth.publish(Long.MIN_VALUE, 5)).isTrue();
    assertThat(price.publish(101.25)).isTrue();
    assertThat(price.publish(Double.NaN, 6)).isTrue();
    await(exporter.flush());

    List<Metric> metrics = tracepoint.received.metrics();
    assertThat(metrics)
        .extracting(Metric::getName)
        .containsExactly("depth", "depth", "price", "price");
    assertThat(metrics.get(2).getUnit()).isEqualTo("{cent}");
    assertThat(metrics.get(2).getDescription()).isEqualTo("of the last trade");
    List<NumberDataPoint> received =
        metrics.stream().map(metric -> metric.getGauge().getDataPoints(0)).toList();
    assertThat(received)
        .extracting(NumberDataPoint::getTimeUnixNano)
        .containsExactly(1000L, 5L, 1000L, 6L);
    assertThat(received.get(0).getAsInt()).isEqualTo(7);
    assertThat(received.get(0).getAttributes(0).getValue().getStringValue()).isEqualTo("XLON");
    assertThat(received.get(1).getAsInt()).isEqualTo(Long.MIN_VALUE);
    assertThat(received.get(2).getAsDouble()).isEqualTo(101.25);
    assertThat(received.get(3).getAsDouble()).isNaN();
  }

  @Test
  void shouldPublishSumsOfDeltasWhoseIntervalsFollowEachOther() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedPoints points = points(exporter);
    PreparedLongPoint fills = points.longCounter("fills").build();
    PreparedDoublePoint volume = points.doubleCounter("volume").build();

    clock.set(1010);
    fills.publish(1);
    fills.publish(2, 1025);
    volume.publish(0.5);
    await(exporter.flush());

    List<Metric> metrics = tracepoint.received.metrics();
    assertThat(metrics)
        .allMatch(metric -> metric.getSum().getIsMonotonic())
        .allMatch(
            metric ->
                metric.getSum().getAggregationTemporality()
                    == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA);
    assertThat(intervals(metrics)).containsExactly("1000-1010", "1010-1025", "1000-1010");
    assertThat(tracepoint.received.values()).startsWith(1L, 2L);
    assertThat(metrics.get(2).getSum().getDataPoints(0).getAsDouble()).isEqualTo(0.5);
  }

  @Test
  void shouldNotLetAnIntervalEndBeforeItStarts() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint balance = points(exporter).longUpDownCounter("balance").build();

    balance.publish(-3, 900);
    balance.publish(3, 950);
    await(exporter.flush());

    assertThat(tracepoint.received.metrics()).noneMatch(metric -> metric.getSum().getIsMonotonic());
    assertThat(intervals(tracepoint.received.metrics())).containsExactly("900-900", "900-950");
  }

  @Test
  void shouldRepeatResourceAndScopeInEveryRecord() throws Exception {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setGatherRecords(false));
    Resource resource = Resource.create(Attributes.builder().put("host.id", 7).build());
    PreparedDoublePoint point =
        exporter
            .preparedPoints()
            .setResource(resource)
            .setInstrumentationScope(InstrumentationScopeInfo.create("io.example.book"))
            .build()
            .doubleUpDownCounter("exposure")
            .build();

    point.publish(1.5);
    point.publish(-1.5);
    await(exporter.flush());

    assertThat(tracepoint.received.events()).hasSize(2);
    for (byte[] event : tracepoint.received.events()) {
      ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(event);
      assertThat(request.getResourceMetrics(0).getResource().getAttributesList())
          .extracting(attribute -> attribute.getKey() + "=" + attribute.getValue().getIntValue())
          .containsExactly("host.id=7");
      assertThat(request.getResourceMetrics(0).getScopeMetrics(0).getScope().getName())
          .isEqualTo("io.example.book");
    }
  }

  @Test
  void shouldTakeTheTimeOfTheMachineByDefault() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint point = exporter.preparedPoints().build().longGauge("depth").build();

    long before = System.currentTimeMillis() - 1;
    point.publish(1);
    long after = System.currentTimeMillis() + 2;
    await(exporter.flush());

    long millis =
        tracepoint.received.metric("depth").getGauge().getDataPoints(0).getTimeUnixNano()
            / 1_000_000;
    assertThat(millis).isBetween(before, after);
  }

  @Test
  void shouldNeitherPublishNorLookAtTheClockWhileNobodyListens() {
    tracepoint.enabled = false;
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    AtomicInteger looks = new AtomicInteger();
    PreparedLongPoint point =
        exporter
            .preparedPoints()
            .setClock(looks::incrementAndGet)
            .build()
            .longCounter("fills")
            .build();
    int looksBefore = looks.get();

    assertThat(point.publish(1)).isFalse();
    assertThat(point.publish(1, 5)).isFalse();

    assertThat(looks).hasValue(looksBefore);
    assertThat(exporter.statistics().pipeline().count(Outcome.DROPPED_DETACHED)).isEqualTo(2);
  }

  @Test
  void shouldNotHoldASlotWhileItLooksAtTheClock() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    AtomicInteger looks = new AtomicInteger();
    PreparedLongPoint point =
        exporter
            .preparedPoints()
            .setClock(
                () -> {
                  if (looks.incrementAndGet() == 2) {
                    throw new IllegalStateException("no time");
                  }
                  return looks.get();
                })
            .build()
            .longGauge("depth")
            .build();

    assertThatThrownBy(() -> point.publish(1)).hasMessage("no time");
    assertThat(exporter.statistics().pipeline().offered()).isZero();
    assertThat(point.publish(2)).isTrue();
  }

  @Test
  void shouldNotClaimTheTimeOfWhatIsLost() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint point = points(exporter).longCounter("fills").build();

    tracepoint.enabled = false;
    assertThat(point.publish(5, 2000)).isFalse();
    tracepoint.enabled = true;
    point.publish(1, 3000);
    tracepoint.enabled = false;
    assertThat(point.publish(5)).isFalse();
    tracepoint.enabled = true;
    point.publish(2, 4000);
    point.publish(3, 5000);
    await(exporter.flush());

    assertThat(intervals(tracepoint.received.metrics()))
        .as("from the time of the loss, or from an unknown time")
        .containsExactly("2000-3000", "4000-4000", "4000-5000");
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE})
  void shouldTakeAnyTime(long time) {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedPoints points = points(exporter);

    assertThat(points.longGauge("depth").build().publish(1, time)).isTrue();
    assertThat(points.longCounter("fills").build().publish(1, time)).isTrue();
    await(exporter.flush());

    assertThat(tracepoint.received.metric("depth").getGauge().getDataPoints(0).getTimeUnixNano())
        .isEqualTo(time);
    assertThat(intervals(List.of(tracepoint.received.metric("fills"))))
        .containsExactly(Math.min(time, clock.get()) + "-" + time);
  }

  @Test
  void shouldDropNegativeIncrementsOfCountersAndSaySo() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedPoints points = points(exporter);
    PreparedLongPoint fills = points.longCounter("fills").build();
    PreparedDoublePoint volume = points.doubleCounter("volume").build();

    try (CapturedLog log = new CapturedLog(PreparedPoints.class)) {
      assertThat(fills.publish(-1)).isFalse();
      assertThat(fills.publish(Long.MIN_VALUE, 5)).isFalse();
      assertThat(volume.publish(-Double.MIN_VALUE)).isFalse();
      assertThat(volume.publish(Double.NaN)).isFalse();
      assertThat(volume.publish(Double.NEGATIVE_INFINITY)).isFalse();
      assertThat(volume.publish(-0.0)).isTrue();
      assertThat(fills.publish(0)).isTrue();
      assertThat(points.longUpDownCounter("level").build().publish(-1)).isTrue();
      assertThat(points.doubleUpDownCounter("level").build().publish(-1)).isTrue();

      assertThat(log.messages(Level.WARNING)).singleElement().asString().endsWith("name=fills");
      await(exporter.shutdown());
      assertThat(log.messages(Level.WARNING))
          .as("the rest at the end")
          .hasSize(2)
          .last()
          .asString()
          .endsWith("name=volume (the last of 4 failures)");
      assertThat(fills.publish(-1, 5)).isFalse();
      assertThat(log.messages(Level.WARNING)).as("after the end").hasSize(2);
    }
    assertThat(exporter.statistics().pipeline().count(Outcome.DROPPED_ABORTED)).isEqualTo(5);
    assertThat(exporter.statistics().pipeline().written()).isEqualTo(4);
  }

  @Test
  void shouldDropANegativeIncrementWithoutASlotOfTheRing() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setRingSlots(2)
                .setBackPressurePolicy(BackPressurePolicies.waitUnbounded()));
    PreparedLongPoint depth = points(exporter).longGauge("depth").build();
    PreparedLongPoint fills = points(exporter).longCounter("fills").build();
    depth.publish(1);
    gate.awaitEntered();
    depth.publish(2);

    try (CapturedLog log = new CapturedLog(PreparedPoints.class)) {
      // With a slot it would wait until the gate is opened below.
      assertThat(fills.publish(-1)).isFalse();
      assertThat(log.messages(Level.WARNING)).hasSize(1);
    }

    PipelineStatistics statistics = exporter.statistics().pipeline();
    assertThat(statistics.count(Outcome.DROPPED_ABORTED)).isEqualTo(1);
    assertThat(statistics.offered()).isEqualTo(3);
    gate.release();
  }

  @Test
  void shouldNotWaitForTheRingAsExportsDo() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracepoint(tracepoint).setRingSlots(2));
    PreparedLongPoint point = points(exporter).longGauge("depth").build();
    point.publish(1);
    gate.awaitEntered();
    point.publish(2);

    // It would wait until the gate is opened below.
    assertThat(point.publish(3)).isFalse();

    assertThat(exporter.statistics().pipeline().count(Outcome.DROPPED_FULL)).isEqualTo(1);
    gate.release();
  }

  @Test
  void shouldPublishNothingIfTheyAreDisabled() {
    PreparedPoints points = PreparedPoints.disabled().setClock(clock::get).build();

    assertThat(points.longCounter("fills").setPriority(3).build().publish(1)).isFalse();
    assertThat(points.longCounter("fills").build().publish(1, 2)).isFalse();
    assertThat(points.doubleGauge("price").build())
        .hasToString("PreparedDoublePoint{name=price, disabled}");
    assertThatIllegalArgumentException().isThrownBy(() -> points.longGauge(""));
  }

  @Test
  void shouldPublishNothingAfterShutdown() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint point = points(exporter).longGauge("depth").build();
    await(exporter.shutdown());

    assertThat(point.publish(1)).isFalse();

    assertThat(exporter.statistics().pipeline().count(Outcome.DROPPED_CLOSED)).isEqualTo(1);
  }

  @Test
  void shouldTellThePolicyThePriority() throws Exception {
    List<Integer> priorities = new ArrayList<>();
    try (RecordPipeline pipeline =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(2)
            .setBackPressurePolicy(
                pressure -> {
                  priorities.add(pressure.priority());
                  return BackPressurePolicy.Decision.DROP;
                })
            .build()) {
      ScriptedTracepoint.Gate gate = tracepoint.block();
      PreparedLongPoint point =
          PreparedPoints.builder(pipeline).build().longGauge("depth").setPriority(9).build();
      assertThat(point.publish(1)).isTrue();
      gate.awaitEntered();

      assertThat(point.publish(2)).isTrue();

      assertThat(point.publish(3)).isFalse();

      assertThat(priorities).containsExactly(9);
      assertThat(pipeline.statistics().count(Outcome.DROPPED_FULL)).isEqualTo(1);
      gate.release();
    }
  }

  @Test
  void shouldBeSharedByThreads() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint point = points(exporter).longCounter("fills").build();
    int threads = 4;
    int each = 100;

    List<CompletableFuture<Void>> futures = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int first = thread * each;
      futures.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < each; i++) {
                  assertThat(point.publish(first + i, clock.incrementAndGet())).isTrue();
                }
              }));
    }
    futures.forEach(CompletableFuture::join);
    await(exporter.flush());

    assertThat(tracepoint.received.values())
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, (long) threads * each).boxed().toList());
    assertThat(tracepoint.received.metrics())
        .extracting(metric -> metric.getSum().getDataPoints(0))
        .allMatch(received -> received.getStartTimeUnixNano() <= received.getTimeUnixNano());
  }

  @Test
  void shouldGoThroughTheRingOfTheExporterInOrder() {
    UserEventsMetricExporter exporter = exporters.start(tracepoint);
    PreparedLongPoint point = points(exporter).longCounter("fills").build();

    point.publish(1);
    await(exporter.export(List.of(Metrics.range("a", 2, 4))));
    point.publish(4);
    await(exporter.flush());

    assertThat(tracepoint.received.values()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void shouldRefuseWhatCannotBePublished() {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setTracepoint(tracepoint)
                .setMaxRecordLength(100)
                .setMaxSinglePointRecordLength(100));
    PreparedPoints points = points(exporter);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> points.longGauge(""))
        .withMessageContaining("name must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                points
                    .longGauge("depth")
                    .setAttributes(Attributes.builder().put("k", "x".repeat(100)).build())
                    .build())
        .withMessageContainingAll("name=depth", "maxRecordLength=100");
  }

  @Test
  @SuppressWarnings("NullAway") // What it is not called with is what is tested.
  void shouldRefuseNull() {
    PreparedPointsBuilder builder = exporters.start(tracepoint).preparedPoints();
    PreparedPoints points = builder.build();

    assertThatNullPointerException().isThrownBy(() -> PreparedPoints.builder(null));
    assertThatNullPointerException().isThrownBy(() -> builder.setResource(null));
    assertThatNullPointerException().isThrownBy(() -> builder.setInstrumentationScope(null));
    assertThatNullPointerException().isThrownBy(() -> builder.setClock(null));
    assertThatNullPointerException().isThrownBy(() -> points.longGauge(null));
    assertThatNullPointerException()
        .isThrownBy(() -> points.longGauge("depth").setDescription(null));
    assertThatNullPointerException().isThrownBy(() -> points.longGauge("depth").setUnit(null));
    assertThatNullPointerException()
        .isThrownBy(() -> points.longGauge("depth").setAttributes(null));
  }

  @Test
  void shouldShowWhatTheyAre() {
    PreparedPoints points = points(exporters.start(tracepoint));

    assertThat(points.longGauge("depth").setPriority(3).build().toString())
        .matches("PreparedLongPoint\\{name=depth, recordLength=[0-9]+, priority=3}");
    assertThat(points.doubleGauge("price").build().toString())
        .startsWith("PreparedDoublePoint{name=price, ");
  }

  private PreparedPoints points(UserEventsMetricExporter exporter) {
    return exporter.preparedPoints().setClock(clock::get).build();
  }

  private static List<String> intervals(List<Metric> metrics) {
    return metrics.stream()
        .map(metric -> metric.getSum().getDataPoints(0))
        .map(point -> point.getStartTimeUnixNano() + "-" + point.getTimeUnixNano())
        .toList();
  }
}
