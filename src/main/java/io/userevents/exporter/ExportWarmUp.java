// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.pipeline.Outcome.DROPPED_ERROR;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.userevents.exporter.internal.log.ThrottledLog;
import io.userevents.exporter.internal.otlp.EncoderWarmUp;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Loads and links the classes that an export needs when an exporter is built. Otherwise the first
 * export does this on its own thread, which took 10 ms and more, and a class that cannot be
 * initialized, because memory is short then, cannot be used any more in this JVM. The pipeline does
 * the same for its own classes. No counter shows the warm-up.
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
      run();
    } catch (Throwable e) {
      // The first export is then slower; if it fails for the same cause, it reports that.
      ThrottledLog.log(
          LOGGER, Level.FINE, "the encoder could not be warmed up; exports are still tried", e);
    }
  }

  /** Warms up, even if that was done before. */
  static void run() throws ClassNotFoundException {
    EncoderWarmUp.run();
    Class<?> unusedClass = Class.forName(Export.class.getName());
    CompletableResultCode failed =
        SdkVersions.failed(new ExportException(ExportException.describe(DROPPED_ERROR, 1)));
    Throwable unusedCause = SdkVersions.cause(failed);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    // These are the steps of a flush and of a shutdown.
    CompletableFuture<Void> last =
        ended
            .thenCompose(none -> new RunningExports().ended())
            .whenComplete((none, failure) -> CompletableResultCode.ofSuccess());
    failed.whenComplete(() -> ended.complete(null));
    last.join();
  }
}
