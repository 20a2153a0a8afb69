// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * The outcome of a record. Every record that was offered has exactly one outcome.
 *
 * @since 0.1.0
 */
public enum Outcome {
  /** The kernel took the record. */
  WRITTEN,
  /** The record was dropped because the ring was full, or too full for its priority. */
  DROPPED_FULL,
  /** The record was dropped because no listener was attached. */
  DROPPED_DETACHED,
  /** The record was dropped because it was longer than the pipeline's maximum. */
  DROPPED_TOO_LARGE,
  /** The record was dropped because the write failed; such records are also counted by errno. */
  DROPPED_ERROR,
  /** The record was dropped because the pipeline was closed. */
  DROPPED_CLOSED,
  /**
   * The record was dropped because its claim was aborted, or because its publisher gave it up or
   * failed before the record was complete.
   */
  DROPPED_ABORTED
}
