// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.log.BackgroundLog;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Logs for the pipeline, from any thread. Log handlers are code of the application and run on a
 * thread of the log. A handler that throws, blocks, or publishes to the pipeline must stop neither
 * a publisher nor the consumer.
 */
final class SafeLog {

  /**
   * The longest wait at the end of a pipeline, so that the JVM does not exit before its last lines.
   */
  private static final long MAX_AWAIT_NS = TimeUnit.SECONDS.toNanos(1);

  /** The logger, named after the pipeline's public class, on which this class must not depend. */
  private static final Logger LOGGER = Logger.getLogger("io.userevents.pipeline.RecordPipeline");

  private SafeLog() {}

  /** Queues a line; never waits, never throws. Lines come in the order of these calls. */
  static void log(Level level, String message, @Nullable Throwable failure) {
    BackgroundLog.log(LOGGER, level, message, failure);
  }

  /** Waits up to 1 s until the handlers have received the queued lines. */
  static void awaitWritten() {
    boolean unused = BackgroundLog.await(MAX_AWAIT_NS);
  }
}
