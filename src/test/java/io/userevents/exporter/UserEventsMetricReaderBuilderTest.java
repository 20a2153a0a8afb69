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
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UserEventsMetricReaderBuilderTest {

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final UserEventsMetricExporter exporter =
      exporters.start(
          UserEventsMetricExporter.builder()
              .setTracepoint(new LoopbackTracepoint("otlp_metrics"))
              .setMemoryMode(MemoryMode.IMMUTABLE_DATA)
              .setAggregationTemporalitySelector(AggregationTemporalitySelector.lowMemory())
              .setDefaultAggregationSelector(
                  DefaultAggregationSelector.getDefault()
                      .with(InstrumentType.HISTOGRAM, Aggregation.drop())));
  private final UserEventsMetricReaderBuilder builder = UserEventsMetricReader.builder(exporter);

  @Test
  void shouldCollectOnceAMinuteUnlessToldOtherwise() {
    assertThat(UserEventsMetricReader.create(exporter))
        .hasToString(
            "UserEventsMetricReader{exporter="
                + exporter
                + ", intervalNanos=60000000000, attachDelayNanos=10000000, pollPeriodNanos=20000000,"
                + " idleCollectionIntervalNanos=300000000000}");
  }

  @Test
  void shouldShowEachOfItsSettings() {
    String shown = builder.build().toString().replace(exporter.toString(), "");

    assertThat(UserEventsMetricReaderBuilder.class.getMethods())
        .extracting(Method::getName)
        .filteredOn(name -> name.startsWith("set"))
        .isNotEmpty()
        .allSatisfy(
            setter ->
                assertThat(shown).containsPattern("(?i)\\b" + setter.substring(3) + "Nanos="));
  }

  @Test
  void shouldTakeItsSettings() {
    builder
        .setInterval(Duration.ofSeconds(10))
        .setAttachDelay(Duration.ZERO)
        .setPollPeriod(Duration.ofMillis(1))
        .setIdleCollectionInterval(Duration.ZERO);

    assertThat(builder.build().toString())
        .endsWith(
            ", intervalNanos=10000000000, attachDelayNanos=0, pollPeriodNanos=1000000,"
                + " idleCollectionIntervalNanos=0}");
    builder
        .setInterval(3, TimeUnit.SECONDS)
        .setAttachDelay(Duration.ofSeconds(10))
        .setPollPeriod(Duration.ofMillis(100))
        .setIdleCollectionInterval(Duration.ofHours(1));
    assertThat(builder.build().toString())
        .endsWith(
            ", intervalNanos=3000000000, attachDelayNanos=10000000000, pollPeriodNanos=100000000,"
                + " idleCollectionIntervalNanos=3600000000000}");
  }

  @Test
  void shouldGiveABuilderWithItsSettingsAndItsExporter() {
    UserEventsMetricReader reader =
        builder
            .setInterval(Duration.ofSeconds(3))
            .setAttachDelay(Duration.ofMillis(4))
            .setPollPeriod(Duration.ofMillis(5))
            .setIdleCollectionInterval(Duration.ofSeconds(6))
            .build();

    assertThat(reader.toBuilder().build()).isNotSameAs(reader).hasToString(reader.toString());
    assertThat(reader.toBuilder().setInterval(Duration.ofSeconds(7)).build().toString())
        .isEqualTo(
            reader.toString().replace("intervalNanos=3000000000,", "intervalNanos=7000000000,"));
  }

  @Test
  void shouldShutDownTheExporterThatItSharesWithAReaderMadeFromIt() {
    UserEventsMetricReader reader = builder.build();
    UserEventsMetricReader other = reader.toBuilder().build();

    assertThat(Exporters.await(other.shutdown()).isSuccess()).isTrue();

    assertThat(exporter.export(List.of()).isSuccess()).as("shut down").isFalse();
    assertThat(Exporters.await(reader.shutdown()).isSuccess()).as("once more").isTrue();
  }

  @Test
  void shouldTakeAnIntervalThatNobodyLivesToSeeForTheLongestThereIs() {
    builder
        .setInterval(Duration.ofSeconds(Long.MAX_VALUE))
        .setIdleCollectionInterval(Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(builder.build().toString())
        .contains(", intervalNanos=" + Long.MAX_VALUE + ", ")
        .endsWith(", idleCollectionIntervalNanos=" + Long.MAX_VALUE + "}");
  }

  @Test
  void shouldHaveTheSdkAggregateAsTheExporterWants() {
    UserEventsMetricReader reader = builder.build();

    assertThat(reader.getMemoryMode()).isEqualTo(MemoryMode.IMMUTABLE_DATA);
    assertThat(reader.getAggregationTemporality(InstrumentType.COUNTER))
        .isEqualTo(AggregationTemporality.DELTA);
    assertThat(reader.getAggregationTemporality(InstrumentType.OBSERVABLE_COUNTER))
        .isEqualTo(AggregationTemporality.CUMULATIVE);
    assertThat(reader.getDefaultAggregation(InstrumentType.HISTOGRAM))
        .isEqualTo(Aggregation.drop());
  }

  @Test
  @SuppressWarnings("PreferJavaTimeOverload") // The overload is what is tested.
  void shouldRefuseAnIntervalThatIsNotPositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setInterval(0, TimeUnit.SECONDS))
        .withMessage("interval must be positive: interval=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setInterval(Duration.ofMillis(-1)));
  }

  @Test
  void shouldRefuseAnAttachDelayOutsideOfItsRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setAttachDelay(Duration.ofMillis(10_001)))
        .withMessage("attachDelay must be from 0 to 10 s: attachDelay=PT10.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setAttachDelay(Duration.ofNanos(-1)));
  }

  @Test
  void shouldRefuseAPollPeriodOutsideOfItsRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setPollPeriod(Duration.ofNanos(999_999)))
        .withMessage("pollPeriod must be from 1 to 100 ms: pollPeriod=PT0.000999999S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setPollPeriod(Duration.ofMillis(101)));
  }

  @Test
  void shouldRefuseAnIdleCollectionIntervalBelowZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.setIdleCollectionInterval(Duration.ofNanos(-1)))
        .withMessage(
            "idleCollectionInterval must be 0 or more: idleCollectionInterval=PT-0.000000001S");
  }

  @Test
  @SuppressWarnings({"NullAway", "PreferJavaTimeOverload"}) // What callers should not do.
  void shouldRefuseNull() {
    assertThatNullPointerException()
        .isThrownBy(() -> UserEventsMetricReader.builder(null))
        .withMessage("exporter");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setInterval(1, null))
        .withMessage("unit");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setInterval(null))
        .withMessage("interval");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setAttachDelay(null))
        .withMessage("attachDelay");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setPollPeriod(null))
        .withMessage("pollPeriod");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.setIdleCollectionInterval(null))
        .withMessage("idleCollectionInterval");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.build().register(null))
        .withMessage("registration");
  }
}
