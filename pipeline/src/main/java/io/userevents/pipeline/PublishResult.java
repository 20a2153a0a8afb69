// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a publish: whether a {@link RecordPipeline} has taken the record, and if not, why.
 *
 * @since 0.1.0
 */
public enum PublishResult {
  /** The record is in the ring. Its {@link Outcome} follows. */
  ACCEPTED(null),
  /** The ring has no free slot, or none for this priority: {@link Outcome#DROPPED_FULL}. */
  FULL(Outcome.DROPPED_FULL),
  /** No listener is attached that could receive the record: {@link Outcome#DROPPED_DETACHED}. */
  DETACHED(Outcome.DROPPED_DETACHED),
  /** The pipeline is closed and takes no more records: {@link Outcome#DROPPED_CLOSED}. */
  CLOSED(Outcome.DROPPED_CLOSED),
  /** The record is longer than the pipeline's maximum: {@link Outcome#DROPPED_TOO_LARGE}. */
  TOO_LARGE(Outcome.DROPPED_TOO_LARGE);

  private final @Nullable Outcome refusal;

  PublishResult(@Nullable Outcome refusal) {
    this.refusal = refusal;
  }

  /** {@return whether the record is in the ring; if not, it is already counted as dropped} */
  public boolean isAccepted() {
    return this == ACCEPTED;
  }

  /** Returns the outcome of a record that is not accepted. */
  Outcome refusal() {
    if (refusal == null) {
      throw new IllegalStateException("an accepted record has its outcome later");
    }
    return refusal;
  }
}
