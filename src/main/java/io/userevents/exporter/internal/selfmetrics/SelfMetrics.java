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
 * <p>The provider of meters is asked for by exports, never before: it may be the very one that
 * exports through this exporter and is still being built. Until there is one, each export asks;
 * from then on, only those that find a listener. Whatever the provider does, exports go on.
 * Thread-safe.
 */
public final class SelfMetrics implements AutoCloseable {

  static final String SCOPE = "io.userevents.exporter";

  private static final AtomicInteger NEXT_INDEX = new AtomicInteger();

  /** Made for one provider. */
  private record Instruments(
      MeterProvider provider, ExportInstruments export, PipelineInstruments pipeline) {}

  private final Supplier<MeterProvider> providers;
  private final RecordPipeline pipeline;
  private final Logger logger;
  private final Attributes component;
  private final AtomicBoolean failureLogged = new AtomicBoolean();

  /** Replaced under this object's lock, which no callback of the SDK takes. */
  private volatile @Nullable Instruments instruments;

  private boolean closed;

  /**
   * Asks for no provider yet. One that comes with the SDK begins them as soon as it has come.
   *
   * @param exporter names the component, and its log
   */
  public SelfMetrics(
      Supplier<MeterProvider> providers, RecordPipeline pipeline, Class<?> exporter) {
    this.providers = providers;
    this.pipeline = pipeline;
    logger = Logger.getLogger(exporter.getName());
    // The conventions name the types of their own components, and others by their class.
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
   * Asks for the provider if there has been none, and has the pipeline observed. Never throws.
   *
   * @return whether there has been one, so that this need not be called again
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
   * An export of so many points begins. Never throws.
   *
   * @return to be finished; null if there is nothing to record to
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

  /** Says so once: what fails in each export must not fill the log. */
  void failed(Throwable cause) {
    if (!failureLogged.compareAndSet(false, true)) {
      return;
    }
    try {
      logger.log(
          Level.WARNING,
          "the exporter cannot record metrics about itself, which is not logged again; what it"
              + " exports is not affected: correct the provider given to setMeterProvider, or set"
              + " none",
          cause);
    } catch (Throwable e) {
      // The application's log handler: it must not break off an export.
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
            // Last: what it registers has to be closed.
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
