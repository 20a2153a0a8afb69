// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** The answer to a record that is offered to a {@link RecordPipeline}. */
public enum PublishResult {
  /** The record is in the ring. Its {@link Outcome} follows. */
  ACCEPTED,
  /** The ring has no free slot, or none for this priority: {@link Outcome#DROPPED_FULL}. */
  FULL,
  /** No listener is attached, so nobody would get the record: {@link Outcome#DROPPED_DETACHED}. */
  DETACHED,
  /** The pipeline is closed: {@link Outcome#DROPPED_CLOSED}. It will take no record any more. */
  CLOSED,
  /** The record is longer than the pipeline takes: {@link Outcome#DROPPED_TOO_LARGE}. */
  TOO_LARGE;

  /** Whether the record is in the ring; if not, it is counted as dropped already. */
  public boolean isAccepted() {
    return this == ACCEPTED;
  }
}
