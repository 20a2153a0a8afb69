// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;

/**
 * A reader that the SDK's autoconfiguration has requested. It receives the SDK for its exporter,
 * which the SDK does not see. Otherwise it works like {@link AutoConfiguredExporter}. Thread-safe.
 */
final class AutoConfiguredReader extends UserEventsMetricReader implements AutoConfigureListener {

  private final LateMeterProvider late;

  private AutoConfiguredReader(
      UserEventsMetricExporter exporter,
      LateMeterProvider late,
      long intervalNs,
      long attachDelayNs,
      long pollPeriodNs,
      long idleCollectionIntervalNs) {
    super(exporter, intervalNs, attachDelayNs, pollPeriodNs, idleCollectionIntervalNs);
    this.late = late;
  }

  /** Returns the supertype, so that the verifier of a caller need not load this class. */
  static UserEventsMetricReader of(
      UserEventsMetricExporter exporter,
      LateMeterProvider late,
      long intervalNs,
      long attachDelayNs,
      long pollPeriodNs,
      long idleCollectionIntervalNs) {
    return new AutoConfiguredReader(
        exporter, late, intervalNs, attachDelayNs, pollPeriodNs, idleCollectionIntervalNs);
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk sdk) {
    late.set(sdk.getMeterProvider());
  }
}
