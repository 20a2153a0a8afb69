// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.util.Locale;

/**
 * What became of an event that an agent received. Each event has exactly one outcome at any time;
 * those of {@link #IN_MEMORY} and {@link #IN_SPOOL} get another one later.
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
  /** The event is no OTLP request in protobuf. */
  MALFORMED,
  /** The event is larger than a batch, or than what the endpoint takes. */
  TOO_LARGE,
  /** The endpoint refused the event, and OTLP forbids to send it again. */
  REFUSED,
  /** Memory was full, and the spool could not take the event or there is none. */
  MEMORY_FULL,
  /** The spool was full, and the event was among the oldest. */
  SPOOL_FULL,
  /** The event was older than the spool keeps events. */
  SPOOL_EXPIRED,
  /** The spool's file was damaged where the event was. */
  SPOOL_DAMAGED,
  /** The agent ended before it could send the event, and had no spool that could take it. */
  SHUTDOWN;

  /** Whether the event was lost by the agent or the endpoint: not wanted events are no loss. */
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

  /** Whether the event may still be sent. */
  public boolean isPending() {
    return this == IN_MEMORY || this == IN_SPOOL;
  }

  /** The name in lower case, as metrics and log lines have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
