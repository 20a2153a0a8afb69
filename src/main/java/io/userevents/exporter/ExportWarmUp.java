// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.otlp.EncoderWarmUp;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Loads and links the classes that an export needs when an exporter is built. Otherwise the first
 * export does this on its own thread, which took 10 ms and more. The pipeline does the same for its
 * own classes. No counter shows the warm-up.
 */
final class ExportWarmUp {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());
  private static final AtomicBoolean IS_DONE = new AtomicBoolean();

  private ExportWarmUp() {}

  /**
   * Warms up. The first call in a class loader takes some 10 ms, later calls no time. Never throws.
   */
  static void once() {
    if (!IS_DONE.compareAndSet(false, true)) {
      return;
    }
    try {
      EncoderWarmUp.run();
      Class<?> unused = Class.forName(Export.class.getName());
    } catch (Throwable e) {
      // The first export is then slower; if it fails for the same cause, it reports that.
      ThrottledLog.log(
          LOGGER, Level.FINE, "the encoder could not be warmed up; exports are still tried", e);
    }
  }
}
