// SPDX-License-Identifier: Apache-2.0
/**
 * Exports metrics of the OpenTelemetry SDK to a Linux user_events tracepoint. A module that
 * provides a service cannot be resolved without the service's interface, so the interfaces of the
 * SDK's autoconfiguration must be present; on the class path they are optional.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module io.userevents.exporter {
  requires java.logging;
  requires transitive io.userevents.pipeline;
  requires transitive io.opentelemetry.api;
  requires transitive io.opentelemetry.sdk.common;
  requires transitive io.opentelemetry.sdk.metrics;
  requires static io.opentelemetry.api.incubator;
  requires io.opentelemetry.sdk.autoconfigure.spi;
  requires static org.agrona.core;
  requires static org.jspecify;

  exports io.userevents.exporter;
  exports io.userevents.exporter.prepared;

  provides io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider with
      io.userevents.exporter.internal.autoconfigure.UserEventsMetricExporterProvider;
  provides io.opentelemetry.sdk.autoconfigure.spi.internal.ConfigurableMetricReaderProvider with
      io.userevents.exporter.internal.autoconfigure.UserEventsMetricReaderProvider;
  provides io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider with
      io.userevents.exporter.internal.autoconfigure.UserEventsMetricExporterComponentProvider,
      io.userevents.exporter.internal.autoconfigure.UserEventsMetricReaderComponentProvider;
}
