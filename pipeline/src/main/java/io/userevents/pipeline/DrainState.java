// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Holds the fields that {@link Drain} writes, away from the cache lines of other objects. Only the
 * consumer uses it.
 */
class DrainState extends ConsumerPadding {

  /** The last slot that was taken. */
  long taken = -1;

  /** The last slot that has its outcome. */
  long settled = -1;

  /** The last slot whose listener was called; slots of a pass without listeners are skipped. */
  long told = -1;

  // These fields describe the slots between the last settled and the last taken one.
  int records;
  int aborted;
  long bytes;
  boolean listened;

  /** Whether the event was handed to the tracepoint, which may have written it. */
  boolean isSending;

  /** The outcome of the taken records; null until it is decided. */
  @Nullable Outcome outcome;

  int outcomeErrno;

  // These records and bytes must still be counted by their error.
  int failedRecords;
  long failedBytes;

  /** Whether a pass has begun and has not ended normally. */
  boolean isInterrupted;

  boolean checksStack;
  boolean isSealed;
  long pauseNs;
}
