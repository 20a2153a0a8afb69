// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.otlp.EncoderWarmUp;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Loads and links the classes that an export needs when an exporter is built, so that the first
 * export does not do it on the thread that exports: that took 10 ms and more. The pipeline does the
 * same for its own classes. Nothing of it is seen in any counter.
 */
final class ExportWarmUp {

  private static final Logger LOGGER = Logger.getLogger(UserEventsMetricExporter.class.getName());
  private static final AtomicBoolean IS_DONE = new AtomicBoolean();

  private ExportWarmUp() {}

  /** Takes some 10 ms at the first call in a class loader, nothing later. Never throws. */
  static void once() {
    if (!IS_DONE.compareAndSet(false, true)) {
      return;
    }
    try {
      EncoderWarmUp.run();
      Class<?> unused = Class.forName(Export.class.getName());
    } catch (Throwable e) {
      // The first export is slower then; if it fails for the same cause, it says so itself.
      ThrottledLog.log(
          LOGGER,
          Level.FINE,
          "the encoder could not be warmed up; exports are tried all the same",
          e);
    }
  }
}
