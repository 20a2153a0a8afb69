// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener;
import io.userevents.exporter.internal.selfmetrics.LateMeterProvider;

/**
 * An exporter that the SDK's autoconfiguration has requested. The SDK tells it when the SDK is
 * built, because it uses the objects that providers make as listeners. So each exporter knows the
 * SDK that it is made for. Thread-safe.
 *
 * <p>The exporter is the listener, not its provider: {@link AutoConfigureListener} came with
 * 1.32.0, and the service loader of an older SDK cannot load a provider that implements it. A call
 * of {@link #of} loads this class, and {@link SdkVersions#hasAutoConfigureListener} guards the
 * call.
 *
 * <p>Source: {@code SpiHelper.maybeAddListener}, {@code opentelemetry-sdk-extension-autoconfigure}
 * 1.32.0 to 1.67.0, which it calls with providers and with their results.
 */
final class AutoConfiguredExporter extends UserEventsMetricExporter
    implements AutoConfigureListener {

  private final LateMeterProvider late;

  private AutoConfiguredExporter(
      UserEventsMetricExporterBuilder settings, ExporterCore core, LateMeterProvider late) {
    super(settings, core);
    this.late = late;
  }

  /** Returns the supertype, so that the verifier of a caller need not load this class. */
  static UserEventsMetricExporter of(
      UserEventsMetricExporterBuilder settings, ExporterCore core, LateMeterProvider late) {
    return new AutoConfiguredExporter(settings, core, late);
  }

  @Override
  public void afterAutoConfigure(OpenTelemetrySdk sdk) {
    late.set(sdk.getMeterProvider());
  }
}
