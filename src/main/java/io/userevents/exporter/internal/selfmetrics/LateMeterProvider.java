// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.opentelemetry.api.metrics.MeterProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The provider of an SDK that is still being built, and with it exporters that are to record to
 * this very provider. They are told when it is there, so that they need not wait for an export to
 * ask. Thread-safe.
 */
public final class LateMeterProvider implements Supplier<MeterProvider> {

  /** Until it is set: none as yet. */
  private volatile MeterProvider provider = MeterProvider.noop();

  private final List<Runnable> waiting = new ArrayList<>();

  /** Returns the provider, or that which does nothing as long as there is none. */
  @Override
  public MeterProvider get() {
    return provider;
  }

  /** Sets it, and tells who waits for it, on this thread. */
  public void set(MeterProvider provider) {
    List<Runnable> told;
    synchronized (this) {
      this.provider = provider;
      told = List.copyOf(waiting);
      waiting.clear();
    }
    told.forEach(Runnable::run);
  }

  /** Runs it when the provider has been set, or now if it has been. */
  void whenSet(Runnable action) {
    synchronized (this) {
      if (provider == MeterProvider.noop()) {
        waiting.add(action);
        return;
      }
    }
    action.run();
  }
}
