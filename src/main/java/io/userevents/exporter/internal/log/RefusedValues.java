// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.log;

import io.userevents.pipeline.RecordPipeline;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The logs of values that prepared counters refuse, one for each pipeline: an exporter completes
 * that of its pipeline, whether its own {@code preparedPoints} were used or others of the same
 * pipeline. It is found by the pipeline so that no public method has to hand it over.
 *
 * <p>A pipeline that nobody refers to any more is forgotten. Thread-safe; takes a lock, so it is
 * for set-up and shutdown.
 */
public final class RefusedValues {

  private static final Logger LOGGER =
      Logger.getLogger("io.userevents.exporter.prepared.PreparedPoints");

  /** Its values must not refer to the keys. Guarded by itself. */
  private static final Map<RecordPipeline, ThrottledLog> LOGS = new WeakHashMap<>();

  private RefusedValues() {}

  /** Returns the log of a pipeline, the same for each call. */
  public static ThrottledLog of(RecordPipeline pipeline) {
    synchronized (LOGS) {
      return LOGS.computeIfAbsent(pipeline, key -> ThrottledLog.inBackground(LOGGER));
    }
  }

  /** Logs the refused values of a pipeline that no line has told of yet. */
  public static void complete(RecordPipeline pipeline) {
    @Nullable ThrottledLog log;
    synchronized (LOGS) {
      log = LOGS.get(pipeline);
    }
    if (log != null) {
      log.complete();
    }
  }
}
