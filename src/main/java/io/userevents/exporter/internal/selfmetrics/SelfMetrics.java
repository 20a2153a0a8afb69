// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.userevents.pipeline.RecordPipeline;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one exporter about itself.
 *
 * <p>Exports request the meter provider; nothing requests it earlier, because it may be the one
 * that exports through this exporter and is still being built. Until there is a provider, each
 * export requests it; later, only exports that find a listener do. Failures of the provider do not
 * stop exports. Thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class SelfMetrics implements AutoCloseable {

  static final String SCOPE = "io.userevents.exporter";

  private static final AtomicInteger NEXT_INDEX = new AtomicInteger();

  /** The instruments of one provider. */
  private record Instruments(
      MeterProvider provider, ExportInstruments export, PipelineInstruments pipeline) {}

  private final Supplier<MeterProvider> providers;
  private final RecordPipeline pipeline;
  private final Logger logger;
  private final Attributes component;
  private final AtomicBoolean failureLogged = new AtomicBoolean();

  /**
   * The instruments. They are replaced under this object's lock, which no callback of the SDK
   * takes.
   */
  private volatile @Nullable Instruments instruments;

  private boolean closed;

  /**
   * Creates the metrics, and does not request a provider yet. A provider of an SDK that is being
   * built starts them as soon as it exists.
   *
   * @param providers supplier of the meter provider
   * @param pipeline the pipeline of the exporter
   * @param exporter class that gives the names of the component and its logger
   */
  public SelfMetrics(
      Supplier<MeterProvider> providers, RecordPipeline pipeline, Class<?> exporter) {
    this.providers = providers;
    this.pipeline = pipeline;
    logger = Logger.getLogger(exporter.getName());
    // The conventions name the types of their own components; other components have the names of
    // their classes.
    component =
        Attributes.builder()
            .put("otel.component.type", exporter.getName())
            .put("otel.component.name", exporter.getName() + "/" + NEXT_INDEX.getAndIncrement())
            .build();
    if (providers instanceof LateMeterProvider late) {
      late.whenSet(this::begin);
    }
  }

  /**
   * Requests the provider if there is none yet, and starts to observe the pipeline. Never throws.
   *
   * @return whether there is a provider, so that this need not be called again
   */
  public boolean begin() {
    if (instruments != null) {
      return true;
    }
    try {
      return instruments(providers.get()) != null;
    } catch (Throwable e) {
      failed(e);
      return false;
    }
  }

  /**
   * Starts to measure an export. Never throws.
   *
   * @param points number of points of the export
   * @return the measurement, which the caller must finish; null if there is no provider
   */
  public @Nullable ExportRecording start(long points) {
    try {
      Instruments current = instruments(providers.get());
      return current == null ? null : new ExportRecording(this, current.export, points);
    } catch (Throwable e) {
      failed(e);
      return null;
    }
  }

  /** Ends the observation. Exports that are under way are still recorded. Never throws. */
  @Override
  public synchronized void close() {
    closed = true;
    end();
  }

  /** Logs a failure once, because a failure of each export must not fill the log. */
  void failed(Throwable cause) {
    if (!failureLogged.compareAndSet(false, true)) {
      return;
    }
    try {
      logger.log(
          Level.WARNING,
          "the exporter cannot record metrics about itself, which is not logged again; its"
              + " exports are not affected: correct the provider given to setMeterProvider, or set"
              + " none",
          cause);
    } catch (Throwable e) {
      // A log handler of the application has failed; this must not end an export.
    }
  }

  private @Nullable Instruments instruments(@Nullable MeterProvider provider) {
    if (provider == null || provider == MeterProvider.noop()) {
      return null;
    }
    Instruments current = instruments;
    return current != null && current.provider == provider ? current : replace(provider);
  }

  private synchronized @Nullable Instruments replace(MeterProvider provider) {
    Instruments current = instruments;
    if (closed || (current != null && current.provider == provider)) {
      return current;
    }
    end();
    Meter meter = provider.get(SCOPE);
    instruments =
        new Instruments(
            provider,
            new ExportInstruments(meter, component),
            // This comes last, because the callbacks that it registers must be closed.
            new PipelineInstruments(meter, component, pipeline));
    return instruments;
  }

  private void end() {
    Instruments current = instruments;
    instruments = null;
    if (current != null) {
      try {
        current.pipeline.close();
      } catch (Throwable e) {
        failed(e);
      }
    }
  }
}
