// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.Locale;

/**
 * The outcome of an event that an agent received. Each event has exactly one outcome at any time.
 * {@link #IN_MEMORY} and {@link #IN_SPOOL} change to another outcome later.
 *
 * @since 0.1.0
 */
public enum Outcome {
  /** The event waits in memory, or is being sent from there. */
  IN_MEMORY,
  /** The event waits on disk, or is being sent from there. */
  IN_SPOOL,
  /** The endpoint has accepted the request with the event. */
  SENT,
  /** A filter left the event out. */
  FILTERED,
  /** The event is not an OTLP request in protobuf. */
  MALFORMED,
  /** The event is larger than a batch, or larger than the endpoint accepts. */
  TOO_LARGE,
  /** The endpoint refused the event, and OTLP forbids sending it again. */
  REFUSED,
  /** The memory was full, and there was no spool or it could not take the event. */
  MEMORY_FULL,
  /** The spool was full, and the event was among the oldest. */
  SPOOL_FULL,
  /** The event was older than the spool keeps events. */
  SPOOL_EXPIRED,
  /** The spool's file was damaged where the event was. */
  SPOOL_DAMAGED,
  /** The agent ended before it could send the event, and no spool could take it. */
  SHUTDOWN;

  /** {@return whether the agent or the endpoint lost the event} Filtered events are not lost. */
  public boolean isDropped() {
    return switch (this) {
      case IN_MEMORY, IN_SPOOL, SENT, FILTERED -> false;
      case MALFORMED,
          TOO_LARGE,
          REFUSED,
          MEMORY_FULL,
          SPOOL_FULL,
          SPOOL_EXPIRED,
          SPOOL_DAMAGED,
          SHUTDOWN ->
          true;
    };
  }

  /** {@return whether the event may still be sent} */
  public boolean isPending() {
    return this == IN_MEMORY || this == IN_SPOOL;
  }

  /** {@return the name in lower case, as in metrics and log lines} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
