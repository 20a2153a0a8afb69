// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Says what became of a record. Every record that was offered has exactly one outcome. */
public enum Outcome {
  /** The kernel took it. */
  WRITTEN,
  /** Dropped: the ring was full, or too full for its priority. */
  DROPPED_FULL,
  /** Dropped: no listener was attached. */
  DROPPED_DETACHED,
  /** Dropped: longer than the pipeline's maximum. */
  DROPPED_TOO_LARGE,
  /** Dropped: the write failed; counted by errno. */
  DROPPED_ERROR,
  /** Dropped: the pipeline was closed. */
  DROPPED_CLOSED,
  /**
   * Dropped: its claim was aborted, or its publisher gave it up or failed before the record was
   * complete.
   */
  DROPPED_ABORTED
}
