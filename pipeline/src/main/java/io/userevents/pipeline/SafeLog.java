// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline's log. Handlers are the application's code: one that throws must stop neither a
 * publisher nor the consumer.
 */
final class SafeLog {

  private static final Logger LOGGER = Logger.getLogger(RecordPipeline.class.getName());

  private SafeLog() {}

  static void log(Level level, String message, @Nullable Throwable failure) {
    try {
      // Named by hand, or each line would say that it comes from here.
      LOGGER.logp(level, LOGGER.getName(), null, message, failure);
    } catch (Throwable e) {
      // The log itself is broken: there is nowhere left to say so.
    }
  }
}
