// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/** Holds what {@link Drain} writes, off the cache lines of other objects. Consumer's. */
class DrainState extends ConsumerPadding {

  /** The last slot that was taken. */
  long taken = -1;

  /** The last slot that has its outcome. */
  long settled = -1;

  /** The last slot whose listener has been told; those of a pass without listeners are skipped. */
  long told = -1;

  // Of the slots between the two.
  int records;
  int aborted;
  long bytes;
  boolean listened;

  /** The event is handed to the tracepoint, which may have written it. */
  boolean isSending;

  /** Of the records that are taken; null until it is decided. */
  @Nullable Outcome outcome;

  int outcomeErrno;

  // Of these, the ones that are still to be counted by their error.
  int failedRecords;
  long failedBytes;

  /** A pass has begun and has not ended as it should. */
  boolean isInterrupted;

  boolean checksStack;
  boolean isSealed;
  long pauseNs;
}
