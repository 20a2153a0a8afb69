// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import static io.userevents.exporter.internal.selfmetrics.ErrorTypes.ERROR_TYPE;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that the semantic conventions define for each exporter ({@code
 * docs/otel/sdk-metrics.md} of open-telemetry/semantic-conventions), as in the SDK's own exporters.
 * Thread-safe.
 */
final class ExportInstruments {

  private static final double NS_PER_S = 1e9;

  private final Attributes component;
  private final LongUpDownCounter inflight;
  private final LongCounter exported;
  private final DoubleHistogram duration;

  ExportInstruments(Meter meter, Attributes component) {
    this.component = component;
    inflight =
        meter
            .upDownCounterBuilder("otel.sdk.exporter.metric_data_point.inflight")
            .setUnit("{data_point}")
            .setDescription("Data points of exports that have not ended yet.")
            .build();
    exported =
        meter
            .counterBuilder("otel.sdk.exporter.metric_data_point.exported")
            .setUnit("{data_point}")
            .setDescription(
                "Data points of exports that have ended; with error.type those that were dropped.")
            .build();
    duration =
        withoutBuckets(
                meter
                    .histogramBuilder("otel.sdk.exporter.operation.duration")
                    .setUnit("s")
                    .setDescription(
                        "From the call of an export until its last record has its outcome."))
            .build();
  }

  /**
   * Makes a histogram of count and sum, as the conventions recommend: there are no buckets unless a
   * view adds them.
   */
  private static DoubleHistogramBuilder withoutBuckets(DoubleHistogramBuilder builder) {
    try {
      return builder.setExplicitBucketBoundariesAdvice(List.of());
    } catch (NoSuchMethodError e) {
      // With an API before 1.32.0, the histogram has the SDK's default buckets.
      return builder;
    }
  }

  void inflight(long points) {
    inflight.add(points, component);
  }

  /**
   * Counts points of exports that have ended.
   *
   * @param errorType value of {@code error.type}; null if the points were written
   */
  void exported(long points, @Nullable String errorType) {
    if (points > 0) {
      exported.add(points, with(errorType));
    }
  }

  void duration(long ns, @Nullable String errorType) {
    duration.record(ns / NS_PER_S, with(errorType));
  }

  private Attributes with(@Nullable String errorType) {
    return errorType == null ? component : component.toBuilder().put(ERROR_TYPE, errorType).build();
  }
}
