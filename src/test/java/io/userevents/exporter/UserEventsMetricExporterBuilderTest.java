// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.pipeline.BackPressurePolicies;
import io.userevents.pipeline.ConsumerWaitStrategy;
import io.userevents.pipeline.TracepointState;
import io.userevents.pipeline.TracepointStateListener;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class UserEventsMetricExporterBuilderTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final UserEventsMetricExporterBuilder builder =
      UserEventsMetricExporter.builder().setTracepoint(new LoopbackTracepoint("otlp_metrics"));

  @ParameterizedTest
  @EnumSource(InstrumentType.class)
  void shouldPreferDeltaButForUpDownCounters(InstrumentType type) {
    UserEventsMetricExporter exporter = exporters.start(builder);

    boolean upDown =
        type == InstrumentType.UP_DOWN_COUNTER || type == InstrumentType.OBSERVABLE_UP_DOWN_COUNTER;
    assertThat(exporter.getAggregationTemporality(type))
        .isEqualTo(upDown ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA);
    assertThat(exporter.getDefaultAggregation(type)).isEqualTo(Aggregation.defaultAggregation());
    assertThat(exporter.getMemoryMode()).isEqualTo(MemoryMode.REUSABLE_DATA);
  }

  @Test
  void shouldHandOutWhatWasSet() {
    UserEventsMetricExporter exporter =
        exporters.start(
            builder
                .setAggregationTemporalitySelector(
                    AggregationTemporalitySelector.alwaysCumulative())
                .setDefaultAggregationSelector(
                    DefaultAggregationSelector.getDefault()
                        .with(InstrumentType.HISTOGRAM, Aggregation.drop()))
                .setMemoryMode(MemoryMode.IMMUTABLE_DATA));

    assertThat(exporter.getAggregationTemporality(InstrumentType.COUNTER))
        .isEqualTo(AggregationTemporality.CUMULATIVE);
    assertThat(exporter.getDefaultAggregation(InstrumentType.HISTOGRAM))
        .isEqualTo(Aggregation.drop());
    assertThat(exporter.getMemoryMode()).isEqualTo(MemoryMode.IMMUTABLE_DATA);
  }

  @Test
  void shouldShowItsConfiguration() {
    UserEventsMetricExporter exporter =
        exporters.start(
            builder
                .setRingSlots(64)
                .setMaxRecordLength(2000)
                .setMaxPointsPerRecord(7)
                .setEncodingCacheMemory(100_000)
                .setMemoryMode(MemoryMode.IMMUTABLE_DATA));

    assertThat(exporter)
        .hasToString(
            "UserEventsMetricExporter{"
                + "pipeline=RecordPipeline{eventName=otlp_metrics,"
                + " tracepoint=io.userevents.tracepoint.LoopbackTracepoint, ringSlots=64,"
                + " maxRecordLength=8168, maxEventLength=2000, gatherRecords=true,"
                + " pacing=8388608B/s+65536B, backPressurePolicy=drop, waitStrategy=SLEEPING,"
                + " idleStrategy=default, errorHandler=default, consumerCpu=any,"
                + " consumerCpuRequired=false, threadFactory=default, stateListener=default,"
                + " tracefs=default, dataFileDescriptor=default, registrationWait=PT0S, retryPeriod=PT1M}, "
                + "onePointPerEvent=false, "
                + "maxPointsPerRecord=7, "
                + "maxSinglePointRecordLength=8168, "
                + "excludedResourceAttributes=[process.command_args, process.command_line], "
                + "encodingCacheMemory=100000, "
                + "aggregationTemporalitySelector="
                + AggregationTemporalitySelector.asString(
                    AggregationTemporalitySelector.deltaPreferred())
                + ", defaultAggregationSelector="
                + DefaultAggregationSelector.asString(DefaultAggregationSelector.getDefault())
                + ", memoryMode=IMMUTABLE_DATA, maxExportWait=PT1M, selfMetrics=false}");
  }

  @Test
  void shouldShowEachOfItsSettings() {
    Map<String, String> otherwiseShown = Map.of("setMeterProvider", "selfMetrics");
    String shown = exporters.start(builder).toString();

    assertThat(UserEventsMetricExporterBuilder.class.getMethods())
        .extracting(Method::getName)
        .filteredOn(name -> name.startsWith("set"))
        .isNotEmpty()
        .allSatisfy(
            setter ->
                assertThat(shown)
                    .containsPattern(
                        "(?i)\\b"
                            + otherwiseShown.getOrDefault(setter, setter.substring(3))
                            + "="));
  }

  @Test
  void shouldHandAllSettingsOfThePipelineOn() {
    List<String> threads = new CopyOnWriteArrayList<>();
    List<TracepointState> states = new CopyOnWriteArrayList<>();
    UserEventsMetricExporter exporter =
        exporters.start(
            builder
                .setBackPressurePolicy(BackPressurePolicies.spinThenDrop(9))
                .setWaitStrategy(ConsumerWaitStrategy.BLOCKING)
                .setGatherRecords(false)
                .setPacing(2_000_000, 9000)
                .setConsumerCpu(0)
                .setConsumerCpuRequired(false)
                .setStateListener(
                    new TracepointStateListener() {
                      @Override
                      public void onStateChange(TracepointState previous, TracepointState current) {
                        states.add(current);
                      }
                    })
                .setThreadFactory(
                    task -> {
                      threads.add("made");
                      return new Thread(task);
                    }));

    assertThat(exporter)
        .asString()
        .contains(
            "gatherRecords=false, pacing=2000000B/s+9000B, backPressurePolicy=spinThenDrop(9), waitStrategy=BLOCKING,"
                + " idleStrategy=default, errorHandler=default, consumerCpu=0");
    assertThat(threads).containsExactly("made");
    assertThat(states).containsExactly(TracepointState.REGISTERED);
  }

  @Test
  void shouldRegisterWhereItIsToldAndTryAgainAsOftenAsItIsTold(@TempDir Path folder) {
    UserEventsMetricExporter exporter =
        exporters.start(
            UserEventsMetricExporter.builder()
                .setEventName("orders")
                .setTracefs(folder)
                .setRetryPeriod(Duration.ofMillis(250)));

    assertThat(exporter).asString().contains("eventName=orders, ");
    assertThat(exporters.pipelineLog(Level.WARNING))
        .singleElement(as(STRING))
        .contains(folder.resolve("user_events_data").toString(), "every 250 to 250 ms");
  }

  @Test
  void shouldBuildTheSameFromItsOwnBuilder() {
    UserEventsMetricExporter exporter =
        exporters.start(
            builder
                .setRingSlots(64)
                .setMaxRecordLength(2000)
                .setMaxPointsPerRecord(7)
                .setEncodingCacheMemory(100_000)
                .setAggregationTemporalitySelector(
                    AggregationTemporalitySelector.alwaysCumulative())
                .setDefaultAggregationSelector(
                    DefaultAggregationSelector.getDefault()
                        .with(InstrumentType.HISTOGRAM, Aggregation.drop()))
                .setMemoryMode(MemoryMode.IMMUTABLE_DATA));
    // What is done with the builder afterwards is not the exporter's.
    builder.setRingSlots(128);

    UserEventsMetricExporter same =
        exporters.start(exporter.toBuilder().setTracepoint(new LoopbackTracepoint("otlp_metrics")));
    UserEventsMetricExporter different =
        exporters.start(
            exporter.toBuilder()
                .setTracepoint(new LoopbackTracepoint("otlp_metrics"))
                .setMaxPointsPerRecord(8));

    assertThat(same).hasToString(exporter.toString());
    assertThat(different).hasToString(exporter.toString().replace("PerRecord=7", "PerRecord=8"));
  }

  @Test
  void shouldNotBuildTwiceWithOneTracepoint() {
    UserEventsMetricExporter exporter = exporters.start(builder);

    assertThatIllegalStateException()
        .isThrownBy(() -> exporter.toBuilder().build())
        .withMessageContaining("one pipeline for each tracepoint");
  }

  @Test
  @SuppressWarnings("NullAway") // What it is not called with is what is tested.
  void shouldRefuseNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setAggregationTemporalitySelector(null))
        .withMessage("selector");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setDefaultAggregationSelector(null))
        .withMessage("selector");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setMemoryMode(null))
        .withMessage("memoryMode");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setMeterProvider((MeterProvider) null))
        .withMessage("meterProvider");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setMeterProvider((Supplier<MeterProvider>) null))
        .withMessage("meterProvider");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setTracepoint(null))
        .withMessage("tracepoint");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setPipeline(null))
        .withMessage("pipeline");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setBackPressurePolicy(null))
        .withMessage("backPressurePolicy");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setWaitStrategy(null))
        .withMessage("waitStrategy");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setEventName(null))
        .withMessage("eventName");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setTracefs(null))
        .withMessage("tracefs");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setRetryPeriod(null))
        .withMessage("retryPeriod");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setThreadFactory(null))
        .withMessage("threadFactory");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setStateListener(null))
        .withMessage("stateListener");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void shouldRefuseFewerThanOnePointPerRecord(int maxPointsPerRecord) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setMaxPointsPerRecord(maxPointsPerRecord))
        .withMessageContaining("at least 1")
        .withMessageEndingWith("maxPointsPerRecord=" + maxPointsPerRecord);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 8169})
  void shouldRefuseRecordLengthsOutOfRange(int maxRecordLength) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setMaxRecordLength(maxRecordLength))
        .withMessageContaining("1 to 8168")
        .withMessageEndingWith("maxRecordLength=" + maxRecordLength);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setMaxSinglePointRecordLength(maxRecordLength))
        .withMessageContaining("1 to 8168")
        .withMessageEndingWith("maxSinglePointRecordLength=" + maxRecordLength);
  }

  @ParameterizedTest
  @CsvSource({"4048, 8168, 8168", "4048, 4048, 4048", "6000, 100, 6000", "100, 2000, 2000"})
  void shouldHaveRoomForTheLongerOfBothRecords(int several, int one, int longest) {
    String lengths = "maxRecordLength=" + longest + ", maxEventLength=" + several + ",";

    assertThat(
            exporters.start(builder.setMaxRecordLength(several).setMaxSinglePointRecordLength(one)))
        .asString()
        .contains(lengths);
    assertThat(
            exporters.start(
                UserEventsMetricExporter.builder()
                    .setTracepoint(new LoopbackTracepoint("otlp_metrics"))
                    .setMaxSinglePointRecordLength(one)
                    .setMaxRecordLength(several)))
        .asString()
        .contains(lengths);
  }

  @Test
  void shouldRefuseBlankNamesOfAttributes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setExcludedResourceAttributes(List.of("process.*", "")))
        .withMessageContaining("patterns=[process.*, ]");
  }

  @Test
  void shouldRefuseACacheOfLessThanNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setEncodingCacheMemory(-1))
        .withMessageContaining("at least 0 bytes")
        .withMessageEndingWith("encodingCacheMemory=-1");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 0, 1, 3, 1000, 1 << 25})
  void shouldRefuseRingsThatAreNoPowerOfTwoInRange(int ringSlots) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setRingSlots(ringSlots))
        .withMessageContaining("power of two")
        .withMessageEndingWith("ringSlots=" + ringSlots);
  }
}
