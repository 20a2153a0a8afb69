// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;
import io.userevents.exporter.CollectedSelfMetrics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.exporter.UserEventsMetricReader;
import io.userevents.internal.log.BackgroundLog;
import io.userevents.pipeline.RecordPipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has the SDK make exporters and readers from configuration, with nothing replaced. After the test,
 * shuts them down. What their pipelines log is kept, in place of being printed: here, no exporter
 * finds a tracepoint.
 */
final class ConfiguredExporters extends Handler implements BeforeEachCallback, AfterEachCallback {

  private static final Logger PIPELINE = Logger.getLogger(RecordPipeline.class.getName());

  private static final String UNREGISTERED = "cannot register tracepoint ";

  /** Says of each wrong value that it closes what it has made. */
  private static final Logger SDK =
      Logger.getLogger(AutoConfiguredOpenTelemetrySdk.class.getPackageName());

  private final List<UserEventsMetricExporter> exporters = new ArrayList<>();
  private final List<UserEventsMetricReader> readers = new ArrayList<>();
  private final List<OpenTelemetrySdk> sdks = new ArrayList<>();
  private final List<CollectedSelfMetrics> collected = new ArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  /** How many lines of exporters that could not register were awaited. */
  private int awaited;

  @Override
  public void beforeEach(ExtensionContext context) {
    SDK.setUseParentHandlers(false);
    PIPELINE.setUseParentHandlers(false);
    PIPELINE.addHandler(this);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    sdks.forEach(OpenTelemetrySdk::close);
    readers.forEach(
        reader -> assertThat(reader.shutdown().join(60, TimeUnit.SECONDS).isSuccess()).isTrue());
    exporters.forEach(
        exporter ->
            assertThat(exporter.shutdown().join(60, TimeUnit.SECONDS).isSuccess()).isTrue());
    PIPELINE.removeHandler(this);
    PIPELINE.setUseParentHandlers(true);
    SDK.setUseParentHandlers(true);
  }

  /** As an application gets it that has nothing but the SDK's autoconfiguration. */
  UserEventsMetricExporter fromSdk(Map<String, String> properties) {
    List<UserEventsMetricExporter> made = new ArrayList<>();
    startSdk(
        sdk("user_events", properties)
            .addMetricExporterCustomizer(
                (exporter, config) -> {
                  made.add((UserEventsMetricExporter) exporter);
                  return exporter;
                }));
    assertThat(made).hasSize(1);
    return made.get(0);
  }

  /** As {@link #fromSdk}; the reader is registered, and its thread runs. */
  UserEventsMetricReader readerFromSdk(Map<String, String> properties) {
    List<UserEventsMetricReader> made = new ArrayList<>();
    startSdk(
        sdk("user_events_on_attach", properties)
            .addMetricReaderCustomizer(
                (reader, config) -> {
                  made.add((UserEventsMetricReader) reader);
                  return reader;
                }));
    assertThat(made).hasSize(1);
    return made.get(0);
  }

  private static AutoConfiguredOpenTelemetrySdkBuilder sdk(
      String metricsExporter, Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("otel.metrics.exporter", metricsExporter);
    all.put("otel.traces.exporter", "none");
    all.put("otel.logs.exporter", "none");
    all.putAll(properties);
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> all)
        .disableShutdownHook();
  }

  private void startSdk(AutoConfiguredOpenTelemetrySdkBuilder builder) {
    CollectedSelfMetrics reader = new CollectedSelfMetrics();
    sdks.add(
        builder
            .addMeterProviderCustomizer((provider, config) -> provider.registerMetricReader(reader))
            .build()
            .getOpenTelemetrySdk());
    collected.add(reader);
  }

  /** Returns the measurements of the SDK that was started last. */
  CollectedSelfMetrics collected() {
    return collected.get(collected.size() - 1);
  }

  OpenTelemetrySdk closeAfterTheTest(OpenTelemetrySdk sdk) {
    sdks.add(sdk);
    return sdk;
  }

  UserEventsMetricExporter build(UserEventsMetricExporterBuilder builder) {
    return shutDownAfterTheTest(builder.build());
  }

  UserEventsMetricExporter shutDownAfterTheTest(UserEventsMetricExporter exporter) {
    exporters.add(exporter);
    assertThat(exporter.awaitRegistration(Duration.ofSeconds(60))).isTrue();
    return exporter;
  }

  UserEventsMetricReader shutDownAfterTheTest(UserEventsMetricReader reader) {
    readers.add(reader);
    return reader;
  }

  private static void awaitLog() {
    assertThat(BackgroundLog.await(TimeUnit.SECONDS.toNanos(60)))
        .as("queued log lines are written")
        .isTrue();
  }

  /** Returns the line in which the newest exporter logs that it could not register. */
  String lastLog() {
    while (log.stream().filter(line -> line.startsWith(UNREGISTERED)).count() == awaited) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    awaited++;
    return log.get(log.size() - 1);
  }

  /** Returns the log so far, and forgets it. */
  List<String> takeLog() {
    awaitLog();
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  @Override
  public void publish(LogRecord record) {
    log.add(new SimpleFormatter().formatMessage(record));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
