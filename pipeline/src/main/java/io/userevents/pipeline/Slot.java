// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/** One entry of the ring: where its record lies in the {@link SlotRegion}, and who asks for it. */
final class Slot {

  /** Marks a slot that was claimed and holds no record. */
  static final int VOID = 0;

  /** Marks a slot that the consumer claimed at the end, so that no publisher can. */
  static final int SEAL = -1;

  /** Marks a slot whose record has its outcome. */
  static final int SETTLED = -2;

  /** Offset of the first byte in the region; the same for the life of the ring. */
  final int offset;

  /** Length of the record in bytes, or one of the marks above. */
  int length;

  @Nullable OutcomeListener listener;

  /** The publisher's, for the listener. */
  long tag;

  Slot(int offset) {
    this.offset = offset;
  }
}
