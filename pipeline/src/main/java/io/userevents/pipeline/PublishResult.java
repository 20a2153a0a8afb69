// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/** Says whether a {@link RecordPipeline} has taken a record, and if not, why. */
public enum PublishResult {
  /** The record is in the ring. Its {@link Outcome} follows. */
  ACCEPTED(null),
  /** The ring has no free slot, or none for this priority: {@link Outcome#DROPPED_FULL}. */
  FULL(Outcome.DROPPED_FULL),
  /** No listener is attached, so nobody would get the record: {@link Outcome#DROPPED_DETACHED}. */
  DETACHED(Outcome.DROPPED_DETACHED),
  /** The pipeline is closed: {@link Outcome#DROPPED_CLOSED}. It will take no record any more. */
  CLOSED(Outcome.DROPPED_CLOSED),
  /** The record is longer than the pipeline takes: {@link Outcome#DROPPED_TOO_LARGE}. */
  TOO_LARGE(Outcome.DROPPED_TOO_LARGE);

  private final @Nullable Outcome refusal;

  PublishResult(@Nullable Outcome refusal) {
    this.refusal = refusal;
  }

  /** Whether the record is in the ring; if not, it is counted as dropped already. */
  public boolean isAccepted() {
    return this == ACCEPTED;
  }

  /** The outcome of a record that is not accepted. */
  Outcome refusal() {
    if (refusal == null) {
      throw new IllegalStateException("an accepted record has its outcome later");
    }
    return refusal;
  }
}
