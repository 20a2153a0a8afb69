// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InternalTelemetryVersion;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.StopSignal;
import io.userevents.cli.console.Version;
import io.userevents.exporter.UserEventsMetricExporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run: an application that records, an exporter, and a listener that prints the points. */
final class Demo {

  private static final Duration EXPORT_INTERVAL = Duration.ofMillis(500);
  private static final Duration RECORD_INTERVAL = Duration.ofMillis(20);
  private static final long ATTACH_CHECK_MS = 1;
  private static final long ATTACH_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long END_LIMIT_SECONDS = 30;

  private final Duration time;
  private final Rows rows;
  private final PrintWriter err;
  private final StopSignal stop;

  /** Creates a run of the given time. It ends earlier if it is stopped. */
  Demo(Duration time, Rows rows, PrintWriter err, StopSignal stop) {
    this.time = time;
    this.rows = rows;
    this.err = err;
    this.stop = stop;
  }

  /**
   * Runs. The readback is not closed.
   *
   * @throws AttachException if the listener may not attach; nothing is printed in that case
   * @throws IOException if reading back fails, or the exporter does not end
   */
  DemoSummary run(Readback readback) throws IOException, InterruptedException {
    String instanceId = UUID.randomUUID().toString();
    Resource resource = resource(instanceId);
    OwnPoints points = new OwnPoints(instanceId, rows);
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder().setTracepoint(readback.tracepoint()).build();
    SdkMeterProvider provider = provider(exporter, resource);
    boolean isEnded = false;
    try (ReadbackThread listener = new ReadbackThread(readback, points)) {
      attach(readback, exporter);
      rows.begin();
      listener.start();
      record(provider);
      isEnded = true;
      end(provider);
      listener.finish();
    } finally {
      if (!isEnded) {
        provider.close();
      }
    }
    if (points.ofOthers() > 0) {
      err.println(
          "user-events: also received "
              + points.ofOthers()
              + " points of other exporters, which are not shown");
    }
    return DemoSummary.of(exporter.statistics(), points, readback.lostEvents(), readback.via());
  }

  private static void attach(Readback readback, UserEventsMetricExporter exporter)
      throws IOException, InterruptedException {
    // The event must exist before a reader can attach to it.
    boolean unused = exporter.awaitRegistration(Duration.ofNanos(ATTACH_LIMIT_NS));
    try {
      readback.attach();
    } catch (IOException e) {
      throw new AttachException(String.valueOf(e.getMessage()), e);
    }
    long start = System.nanoTime();
    while (!exporter.isAttached()) {
      if (System.nanoTime() - start > ATTACH_LIMIT_NS) {
        throw new AttachException("the exporter has not noticed the listener within 10 s", null);
      }
      TimeUnit.MILLISECONDS.sleep(ATTACH_CHECK_MS);
    }
  }

  private static Resource resource(String instanceId) throws IOException {
    return Resource.create(
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            "user-events-demo",
            AttributeKey.stringKey("service.version"),
            Version.read(),
            AttributeKey.stringKey(OwnPoints.INSTANCE_ID),
            instanceId));
  }

  private static SdkMeterProvider provider(UserEventsMetricExporter exporter, Resource resource) {
    PeriodicMetricReader reader =
        PeriodicMetricReader.builder(exporter)
            .setInterval(EXPORT_INTERVAL)
            // Newer versions add metrics about the reader, which do not belong to the demo.
            .setInternalTelemetryVersion(InternalTelemetryVersion.LEGACY)
            .build();
    SdkMeterProviderBuilder builder =
        SdkMeterProvider.builder().setResource(resource).registerMetricReader(reader);
    return DemoLoad.addView(builder).build();
  }

  /** Collects and exports once more, then waits until the exporter has written everything. */
  private static void end(SdkMeterProvider provider) throws IOException {
    CompletableResultCode ended = provider.shutdown().join(END_LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended.isDone()) {
      throw new CommandException("the exporter has not ended within " + END_LIMIT_SECONDS + " s");
    }
  }

  private void record(SdkMeterProvider provider) throws InterruptedException {
    DemoLoad load = new DemoLoad(provider.get("io.userevents.demo"));
    long start = System.nanoTime();
    do {
      load.record();
    } while (!stop.await(RECORD_INTERVAL) && System.nanoTime() - start < time.toNanos());
  }

  /** Thrown when no listener can attach, so that the caller can try another way. */
  static final class AttachException extends IOException {

    private static final long serialVersionUID = 1L;

    AttachException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
