// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.tracepoint.LoopbackTracepoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
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
                + "pipeline=RecordPipeline{eventName=otlp_metrics, ringSlots=64,"
                + " maxRecordLength=2000, maxEventLength=2000, gatherRecords=true,"
                + " backPressurePolicy=drop, waitStrategy=SLEEPING, consumerCpu=any}, "
                + "maxPointsPerRecord=7, "
                + "encodingCacheMemory=100000, "
                + "aggregationTemporalitySelector="
                + AggregationTemporalitySelector.asString(
                    AggregationTemporalitySelector.deltaPreferred())
                + ", defaultAggregationSelector="
                + DefaultAggregationSelector.asString(DefaultAggregationSelector.getDefault())
                + ", memoryMode=IMMUTABLE_DATA}");
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
        .isThrownBy(() -> builder.setTracepoint(null))
        .withMessage("tracepoint");
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
