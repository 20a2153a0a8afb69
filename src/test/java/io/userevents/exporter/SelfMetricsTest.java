// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static io.userevents.exporter.Exporters.awaitFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.sun.management.ThreadMXBean;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.userevents.internal.syscall.Errno;
import io.userevents.pipeline.RecordPipeline;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SelfMetricsTest {

  private static final String INFLIGHT = "otel.sdk.exporter.metric_data_point.inflight";
  private static final String EXPORTED = "otel.sdk.exporter.metric_data_point.exported";
  private static final String DURATION = "otel.sdk.exporter.operation.duration";
  private static final String USAGE = "user_events.ring.usage";
  private static final String LIMIT = "user_events.ring.limit";
  private static final String DROPPED = "user_events.record.dropped";
  private static final String STATUS = "user_events.tracepoint.status";
  private static final String ERROR_TYPE = "error.type";
  private static final String STATE = "user_events.tracepoint.state";

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final ScriptedTracepoint tracepoint = exporters.tracepoint();
  private final CollectedSelfMetrics own = new CollectedSelfMetrics();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder().registerMetricReader(own).build();

  @AfterEach
  void close() {
    provider.close();
  }

  @ParameterizedTest
  @CsvSource({
    INFLIGHT + ", LONG_SUM, {data_point}, false",
    EXPORTED + ", LONG_SUM, {data_point}, true",
    USAGE + ", LONG_SUM, {slot}, false",
    LIMIT + ", LONG_SUM, {slot}, false",
    DROPPED + ", LONG_SUM, {record}, true",
    STATUS + ", LONG_SUM, {tracepoint}, false"
  })
  void shouldHaveSumsWithTypeAndUnit(
      String name, MetricDataType type, String unit, boolean monotonic) {
    tracepoint.answer(-Errno.EIO.number());
    UserEventsMetricExporter exporter = exporters.start(builder());

    await(exporter.export(List.of(Metrics.sum("a", 1))));

    MetricData metric = own.metric(name);
    assertThat(metric.getType()).isEqualTo(type);
    assertThat(metric.getUnit()).isEqualTo(unit);
    assertThat(metric.getDescription()).isNotEmpty();
    assertThat(metric.getLongSumData().isMonotonic()).isEqualTo(monotonic);
    assertThat(metric.getInstrumentationScopeInfo().getName()).isEqualTo("io.userevents.exporter");
  }

  @Test
  void shouldMeasureExportsInSecondsWithoutBuckets() {
    UserEventsMetricExporter exporter = exporters.start(builder());
    long startNs = System.nanoTime();

    await(exporter.export(List.of(Metrics.sum("a", 1))));
    await(exporter.export(List.of(Metrics.sum("a", 2))));

    double elapsedS = (System.nanoTime() - startNs) / 1e9;
    MetricData metric = own.metric(DURATION);
    assertThat(metric.getUnit()).isEqualTo("s");
    HistogramPointData point = metric.getHistogramData().getPoints().iterator().next();
    assertThat(point.getCount()).isEqualTo(2);
    assertThat(point.getSum()).isPositive().isLessThan(elapsedS);
    assertThat(point.getBoundaries()).isEmpty();
    assertThat(CollectedSelfMetrics.valueOf(point.getAttributes(), ERROR_TYPE)).isEmpty();
  }

  @Test
  void shouldNameTheComponentByItsClassAndNumberItInTheProcess() {
    UserEventsMetricExporter one = exporters.start(builder());
    UserEventsMetricExporter other = exporters.start(builder(exporters.tracepoint()));

    await(one.export(List.of(Metrics.sum("a", 1))));
    await(other.export(List.of(Metrics.sum("a", 2))));

    for (MetricData metric : own.collect()) {
      List<? extends Attributes> attributes =
          metric.getData().getPoints().stream().map(point -> point.getAttributes()).toList();
      assertThat(attributes)
          .as(metric.getName())
          .extracting(set -> CollectedSelfMetrics.valueOf(set, "otel.component.type"))
          .containsOnly("io.userevents.exporter.UserEventsMetricExporter");
      assertThat(attributes)
          .as(metric.getName())
          .extracting(set -> CollectedSelfMetrics.valueOf(set, "otel.component.name"))
          .allMatch(name -> name.matches("io\\.userevents\\.exporter\\.\\w+/\\d+"))
          .satisfies(names -> assertThat(names.stream().distinct()).hasSize(2));
    }
  }

  @Test
  void shouldCountPointsAsInFlightUntilTheLastRecordIsWritten() throws Exception {
    tracepoint.answer(0);
    ScriptedTracepoint.Gate last = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());

    CompletableResultCode result =
        exporter.export(List.of(Metrics.sum("a", 1), Metrics.sum("b", 2)));
    last.awaitEntered();

    assertThat(own.values(INFLIGHT, ERROR_TYPE)).containsExactly(entry("", 2L));
    last.release();
    assertThat(await(result).isSuccess()).isTrue();
    assertThat(own.values(INFLIGHT, ERROR_TYPE)).containsExactly(entry("", 0L));
    assertThat(own.values(EXPORTED, ERROR_TYPE)).containsExactly(entry("", 2L));
  }

  @Test
  void shouldCountDroppedPointsByCause() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    tracepoint.answer(-Errno.EIO.number()).answer(-77);
    UserEventsMetricExporter exporter =
        exporters.start(onePointPerEvent().setRingSlots(4).setMaxExportWait(Duration.ZERO));

    CompletableResultCode result =
        exporter.export(
            List.of(
                Metrics.range("a", 0, 10),
                Metrics.sum("b", List.of(Metrics.pointOfLength(9000, 10)))));
    gate.awaitEntered();
    gate.release();

    awaitFailure(result);
    assertThat(own.values(EXPORTED, ERROR_TYPE))
        .containsExactly(
            entry("", 2L),
            entry("dropped_error.EIO", 1L),
            entry("dropped_error.errno_77", 1L),
            entry("dropped_full", 6L),
            entry("dropped_too_large", 1L));
    assertThat(own.values(INFLIGHT, ERROR_TYPE)).containsExactly(entry("", 0L));
    assertThat(own.values(DROPPED, ERROR_TYPE))
        .as("records; the point that was too large never became one")
        .containsExactly(
            entry("dropped_error.EIO", 1L),
            entry("dropped_error.errno_77", 1L),
            entry("dropped_full", 6L));
    assertThat(errorTypeOfDuration()).as("the first cause").isEqualTo("dropped_full");
  }

  @Test
  void shouldNameTheExceptionThatAnExportBrokeOffAt() {
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent());

    CompletableResultCode result =
        exporter.export(
            List.of(
                Metrics.sum("before", 1, 2, 3),
                FailingMetric.atItsUnit(Metrics.sum("bad", 4, 5)),
                Metrics.sum("after", 6)));

    awaitFailure(result);
    String errorType = IllegalStateException.class.getName();
    assertThat(own.values(EXPORTED, ERROR_TYPE))
        .containsExactly(entry("", 3L), entry(errorType, 3L));
    assertThat(own.values(INFLIGHT, ERROR_TYPE)).containsExactly(entry("", 0L));
    assertThat(errorTypeOfDuration()).isEqualTo(errorType);
  }

  @Test
  void shouldTakeADetachedListenerForASuccessAndCountItsRecords() {
    tracepoint.answer(-Errno.EBADF.number());
    UserEventsMetricExporter exporter = exporters.start(builder());

    await(exporter.export(List.of(Metrics.sum("a", 1, 2, 3))));

    assertThat(own.values(EXPORTED, ERROR_TYPE)).containsExactly(entry("", 3L));
    assertThat(own.values(DROPPED, ERROR_TYPE)).containsExactly(entry("dropped_detached", 1L));
  }

  @Test
  void shouldShowHowFullTheRingIs() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(onePointPerEvent().setRingSlots(16));
    CompletableResultCode first = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();
    CompletableResultCode second = exporter.export(List.of(Metrics.sum("a", 2, 3)));

    assertThat(own.values(USAGE, ERROR_TYPE)).containsExactly(entry("", 3L));
    assertThat(own.values(LIMIT, ERROR_TYPE)).containsExactly(entry("", 16L));
    gate.release();
    await(first);
    await(second);
    await(exporter.flush());
    assertThat(own.values(USAGE, ERROR_TYPE)).containsExactly(entry("", 0L));
  }

  @Test
  void shouldShowTheStateOfTheTracepoint() {
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      UserEventsMetricExporter exporter =
          exporters.start(
              UserEventsMetricExporter.builder().setPipeline(pipeline).setMeterProvider(provider));
      await(exporter.export(List.of(Metrics.sum("a", 1))));

      assertThat(own.values(STATUS, STATE))
          .containsExactly(
              entry("attached", 1L),
              entry("closed", 0L),
              entry("registered", 0L),
              entry("unavailable", 0L),
              entry("unsupported", 0L));
      assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
      assertThat(own.values(STATUS, STATE)).contains(entry("attached", 0L), entry("closed", 1L));
      assertThat(own.values(USAGE, STATE)).containsExactly(entry("", 0L));
    }
  }

  @Test
  void shouldShowThatTheTracepointIsUnavailableThoughNobodyCanListen(@TempDir Path tracefs) {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder().setTracefs(tracefs).setMeterProvider(provider));

    await(exporter.export(List.of(Metrics.sum("a", 1))));

    assertThat(own.values(STATUS, STATE))
        .containsExactly(
            entry("attached", 0L),
            entry("closed", 0L),
            entry("registered", 0L),
            entry("unavailable", 1L),
            entry("unsupported", 0L));
    assertThat(names(own)).containsExactlyInAnyOrder(USAGE, LIMIT, STATUS);
  }

  @Test
  void shouldAskForAProviderAtTheFirstExportAndNotBefore() {
    tracepoint.enabled = false;
    AtomicInteger asked = new AtomicInteger();
    UserEventsMetricExporter exporter =
        exporters.start(builder().setMeterProvider(() -> countedIn(asked, provider)));
    assertThat(asked).hasValue(0);
    assertThat(own.collect()).isEmpty();

    await(exporter.export(List.of(Metrics.sum("a", 1))));
    assertThat(asked).hasValue(1);
    assertThat(names(own)).contains(STATUS);

    await(exporter.export(List.of(Metrics.sum("a", 1))));
    assertThat(asked).as("there is nothing more to ask for").hasValue(1);
  }

  @Test
  void shouldNotAskForExportsThatNobodyListensToOnceAnotherHasFoundAProvider() {
    AtomicInteger asked = new AtomicInteger();
    UserEventsMetricExporter exporter =
        exporters.start(builder().setMeterProvider(() -> countedIn(asked, provider)));
    await(exporter.export(List.of(Metrics.sum("a", 1))));
    assertThat(asked).hasValue(1);

    tracepoint.enabled = false;
    await(exporter.export(List.of(Metrics.sum("a", 1))));

    assertThat(exporter.statistics().skippedExports()).isEqualTo(1);
    assertThat(asked).hasValue(1);
  }

  @Test
  @SuppressWarnings("NullAway") // What suppliers of other languages may give.
  void shouldAskAtEachExportUntilThereIsAProviderThoughNobodyListens() {
    tracepoint.enabled = false;
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<MeterProvider> providers = new AtomicReference<>();
    UserEventsMetricExporter exporter =
        exporters.start(builder().setMeterProvider(() -> countedIn(asked, providers.get())));

    await(exporter.export(List.of(Metrics.sum("a", 1))));
    assertThat(asked).hasValue(1);
    providers.set(MeterProvider.noop());
    await(exporter.export(List.of(Metrics.sum("a", 1))));
    assertThat(asked).hasValue(2);
    assertThat(own.collect()).isEmpty();
    providers.set(provider);
    await(exporter.export(List.of(Metrics.sum("a", 1))));

    assertThat(names(own)).contains(STATUS);
  }

  @Test
  void shouldTakeExportsThatNobodyListensToForASuccessIfThereIsNoProviderToBeHad() {
    tracepoint.enabled = false;
    UserEventsMetricExporter exporter =
        exporters.start(
            builder()
                .setMeterProvider(
                    () -> {
                      throw new IllegalStateException("no provider");
                    }));

    for (int i = 0; i < 3; i++) {
      assertThat(exporter.export(List.of(Metrics.sum("a", i))).isSuccess()).isTrue();
    }

    assertThat(exporter.statistics().skippedExports()).isEqualTo(3);
    assertThat(exporters.log(Level.WARNING)).hasSize(1);
  }

  @Test
  void shouldAllocateNothingForExportsThatNobodyListensTo() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    tracepoint.enabled = false;
    UserEventsMetricExporter exporter = exporters.start(builder());
    List<MetricData> metrics = List.of(Metrics.sum("a", 1));
    exporter.export(metrics);
    threads.getCurrentThreadAllocatedBytes();

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      exporter.export(metrics);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(names(own)).contains(STATUS);
    assertThat(before).isPositive();
    // The smallest object there is, for each of them, would be twice as much.
    assertThat(allocated).isLessThan(8 * 1000);
  }

  @Test
  @SuppressWarnings("NullAway") // What suppliers of other languages may give.
  void shouldMoveToTheProviderThatIsThereLater() {
    AtomicReference<MeterProvider> providers = new AtomicReference<>();
    CollectedSelfMetrics laterOnes = new CollectedSelfMetrics();
    UserEventsMetricExporter exporter =
        exporters.start(builder().setMeterProvider(() -> providers.get()));
    try (SdkMeterProvider later =
        SdkMeterProvider.builder().registerMetricReader(laterOnes).build()) {
      await(exporter.export(List.of(Metrics.sum("a", 1))));
      providers.set(MeterProvider.noop());
      await(exporter.export(List.of(Metrics.sum("a", 2))));
      providers.set(provider);
      await(exporter.export(List.of(Metrics.sum("a", 3))));
      assertThat(own.values(EXPORTED, ERROR_TYPE)).containsExactly(entry("", 1L));
      assertThat(names(own)).contains(USAGE);
      providers.set(later);
      await(exporter.export(List.of(Metrics.sum("a", 4, 5))));

      assertThat(laterOnes.values(EXPORTED, ERROR_TYPE)).containsExactly(entry("", 2L));
      assertThat(names(laterOnes)).contains(USAGE);
      assertThat(names(own)).as("observed at one place").doesNotContain(USAGE);
    }
    assertThat(tracepoint.received.values()).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(exporters.log(Level.WARNING)).isEmpty();
  }

  @Test
  void shouldObserveNothingAfterShutdown() {
    UserEventsMetricExporter exporter = exporters.start(builder());
    await(exporter.export(List.of(Metrics.sum("a", 1))));
    assertThat(names(own)).contains(USAGE, LIMIT, STATUS);

    await(exporter.shutdown());

    assertThat(names(own)).containsExactlyInAnyOrder(INFLIGHT, EXPORTED, DURATION);
  }

  @Test
  void shouldObserveNothingIfItIsShutDownWhileItAsksForTheProvider() {
    List<UserEventsMetricExporter> started = new ArrayList<>();
    UserEventsMetricExporter exporter =
        exporters.start(
            builder()
                .setMeterProvider(
                    () -> {
                      started.forEach(asking -> await(asking.shutdown()));
                      return provider;
                    }));
    started.add(exporter);

    await(exporter.export(List.of(Metrics.sum("a", 1))));

    assertThat(tracepoint.closed).isTrue();
    assertThat(own.collect()).isEmpty();
  }

  @Test
  void shouldRecordWhatWasUnderWayAtShutdown() throws Exception {
    ScriptedTracepoint.Gate gate = tracepoint.block();
    UserEventsMetricExporter exporter = exporters.start(builder());
    CompletableResultCode result = exporter.export(List.of(Metrics.sum("a", 1)));
    gate.awaitEntered();

    CompletableResultCode shutdown = exporter.shutdown();
    gate.release();

    await(shutdown);
    await(result);
    assertThat(own.values(INFLIGHT, ERROR_TYPE)).containsExactly(entry("", 0L));
    assertThat(own.values(EXPORTED, ERROR_TYPE)).containsExactly(entry("", 1L));
  }

  @Test
  void shouldExportAllTheSameIfThereIsNoProviderToBeHad() {
    UserEventsMetricExporter exporter =
        exporters.start(
            builder()
                .setMeterProvider(
                    () -> {
                      throw new IllegalStateException("no provider");
                    }));

    for (int i = 0; i < 3; i++) {
      assertThat(await(exporter.export(List.of(Metrics.sum("a", i)))).isSuccess()).isTrue();
    }

    assertThat(tracepoint.received.values()).containsExactly(0L, 1L, 2L);
    assertThat(exporters.log(Level.WARNING))
        .singleElement()
        .asString()
        .contains("not affected: correct the provider given to setMeterProvider");
  }

  @ParameterizedTest
  @ValueSource(strings = {INFLIGHT, EXPORTED, DURATION})
  void shouldCompleteExportsIfAnInstrumentThrows(String name) {
    try (SdkMeterProvider broken = brokenAt(name)) {
      UserEventsMetricExporter exporter = exporters.start(builder().setMeterProvider(() -> broken));

      for (int i = 0; i < 3; i++) {
        assertThat(await(exporter.export(List.of(Metrics.sum("a", i)))).isSuccess()).isTrue();
      }
    }

    assertThat(tracepoint.received.values()).containsExactly(0L, 1L, 2L);
    assertThat(exporters.log(Level.WARNING)).hasSize(1);
    assertThat(exporters.pipelineLog(Level.WARNING)).isEmpty();
  }

  @Test
  void shouldBeKeptByACopiedBuilder() {
    UserEventsMetricExporter exporter = exporters.start(builder());

    UserEventsMetricExporter copy =
        exporters.start(exporter.toBuilder().setTracepoint(exporters.tracepoint()));
    await(copy.export(List.of(Metrics.sum("a", 1))));

    assertThat(copy).asString().contains("selfMetrics=true");
    assertThat(own.values(EXPORTED, ERROR_TYPE)).containsExactly(entry("", 1L));
  }

  private UserEventsMetricExporterBuilder builder() {
    return builder(tracepoint);
  }

  private UserEventsMetricExporterBuilder builder(ScriptedTracepoint tracepoint) {
    return UserEventsMetricExporter.builder().setTracepoint(tracepoint).setMeterProvider(provider);
  }

  private UserEventsMetricExporterBuilder onePointPerEvent() {
    return builder().setMaxPointsPerRecord(1).setGatherRecords(false);
  }

  private String errorTypeOfDuration() {
    Collection<HistogramPointData> points = own.metric(DURATION).getHistogramData().getPoints();
    assertThat(points).hasSize(1);
    Attributes attributes = points.iterator().next().getAttributes();
    return String.valueOf(attributes.get(AttributeKey.stringKey(ERROR_TYPE)));
  }

  private static MeterProvider countedIn(AtomicInteger asked, MeterProvider answer) {
    asked.incrementAndGet();
    return answer;
  }

  private static List<String> names(CollectedSelfMetrics metrics) {
    return metrics.collect().stream().map(MetricData::getName).toList();
  }

  /** Its filter of attributes is called with each measurement, and throws. */
  private static SdkMeterProvider brokenAt(String instrument) {
    SdkMeterProviderBuilder builder =
        SdkMeterProvider.builder().registerMetricReader(new CollectedSelfMetrics());
    return builder
        .registerView(
            InstrumentSelector.builder().setName(instrument).build(),
            View.builder()
                .setAttributeFilter(
                    name -> {
                      throw new IllegalStateException("broken " + instrument);
                    })
                .build())
        .build();
  }
}
