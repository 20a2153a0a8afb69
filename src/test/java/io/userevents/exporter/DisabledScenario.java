// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.userevents.exporter.prepared.PreparedPoints;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Everything that an application may do with a disabled exporter. Runs where there is neither
 * Disruptor nor Agrona, so it hands its results out as text.
 */
public final class DisabledScenario implements Supplier<Map<String, String>> {

  private final Map<String, String> results = new LinkedHashMap<>();

  @Override
  public Map<String, String> get() {
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.disabled(
            UserEventsMetricExporter.builder()
                .setAggregationTemporalitySelector(
                    AggregationTemporalitySelector.alwaysCumulative())
                .setMemoryMode(MemoryMode.IMMUTABLE_DATA),
            "no Agrona");
    say("attached", exporter.isAttached());
    say("recordingNumber", exporter.recordingNumber());
    say("temporality", exporter.getAggregationTemporality(InstrumentType.COUNTER));
    say("memoryMode", exporter.getMemoryMode());
    say("export", succeeds(exporter.export(List.of(Metrics.sum("a", 1)))));
    say("exportCollected", succeeds(exporter.exportCollected(List.of(Metrics.sum("a", 1)))));
    say("flush", succeeds(exporter.flush()));
    PreparedPoints points = exporter.preparedPoints().build();
    say("longPoint", points.longCounter("fills").build().publish(1));
    say("doublePoint", points.doubleGauge("price").build().publish(1.5, 7));
    say("copied", exporter.toBuilder().setMaxPointsPerRecord(7).maxPointsPerRecord());
    UserEventsMetricReader reader = UserEventsMetricReader.create(exporter);
    SdkMeterProvider provider = SdkMeterProvider.builder().registerMetricReader(reader).build();
    provider.get("disabled").counterBuilder("orders").build().add(1);
    say("forceFlush", succeeds(provider.forceFlush()));
    say("statistics", exporter.statistics());
    say("toString", exporter);
    say("shutdown", succeeds(provider.shutdown()));
    say("exportAfterShutdown", succeeds(exporter.export(List.of())));
    return results;
  }

  private static boolean succeeds(CompletableResultCode result) {
    return result.join(60, java.util.concurrent.TimeUnit.SECONDS).isSuccess();
  }

  private void say(String name, Object value) {
    results.put(name, String.valueOf(value));
  }
}
