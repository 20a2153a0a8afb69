// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the ring: where its record lies in the {@link SlotRegion}, and who asks for its
 * outcome. The record's length is kept apart, in {@link SlotLengths}: a publisher without a
 * listener only reads this object, so that it stays in the caches of all threads.
 */
final class Slot {

  /** Offset of the record's first byte in the region; the same for the life of the ring. */
  final int offset;

  @Nullable OutcomeListener listener;

  /** The publisher's, for the listener. */
  long tag;

  Slot(int offset) {
    this.offset = offset;
  }
}
