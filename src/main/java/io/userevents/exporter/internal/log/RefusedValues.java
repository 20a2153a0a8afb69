// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.log;

import io.userevents.pipeline.RecordPipeline;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the logs of values that prepared counters refuse, one for each pipeline. An exporter
 * completes the log of its pipeline, for its own {@code preparedPoints} and for others of the same
 * pipeline. The pipeline is the key, so that no public method has to pass the log.
 *
 * <p>A pipeline that is not reachable any more is forgotten. Thread-safe; the methods take a lock,
 * so they are for set-up and shutdown.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class RefusedValues {

  private static final Logger LOGGER =
      Logger.getLogger("io.userevents.exporter.prepared.PreparedPoints");

  /** The logs. The values must not refer to the keys. The map is its own lock. */
  private static final Map<RecordPipeline, ThrottledLog> LOGS = new WeakHashMap<>();

  private RefusedValues() {}

  /**
   * Returns the log of a pipeline, the same for each call.
   *
   * @param pipeline the pipeline
   * @return its log
   */
  public static ThrottledLog of(RecordPipeline pipeline) {
    synchronized (LOGS) {
      return LOGS.computeIfAbsent(pipeline, key -> ThrottledLog.inBackground(LOGGER));
    }
  }

  /**
   * Logs the refused values of a pipeline that no line has reported yet.
   *
   * @param pipeline the pipeline
   */
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
