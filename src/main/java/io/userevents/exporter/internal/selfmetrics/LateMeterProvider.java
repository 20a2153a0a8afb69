// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.selfmetrics;

import io.opentelemetry.api.metrics.MeterProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The meter provider of an SDK that is still being built, together with the exporters that must
 * record to it. It notifies them when the provider exists, so that they need not wait for an
 * export. Thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class LateMeterProvider implements Supplier<MeterProvider> {

  /** The provider; until it is set, one that does nothing. */
  private volatile MeterProvider provider = MeterProvider.noop();

  private final List<Runnable> waiting = new ArrayList<>();

  /** {@return the provider, or one that does nothing until it is set} */
  @Override
  public MeterProvider get() {
    return provider;
  }

  /**
   * Sets the provider, and runs the actions that wait for it on this thread.
   *
   * @param provider the provider
   */
  public void set(MeterProvider provider) {
    List<Runnable> told;
    synchronized (this) {
      this.provider = provider;
      told = List.copyOf(waiting);
      waiting.clear();
    }
    told.forEach(Runnable::run);
  }

  /** Runs an action when the provider is set, or now if it is already set. */
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
