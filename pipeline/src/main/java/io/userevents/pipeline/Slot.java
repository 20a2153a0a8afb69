// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Remembers, for one slot of the ring, who asks for the outcome of its record. The record lies in
 * the {@link SlotRegion} and its length in {@link SlotEntries}, at places that follow from the
 * sequence: a record that nobody asks for leaves this object alone.
 */
final class Slot {

  @Nullable OutcomeListener listener;

  /** The publisher's, for the listener. */
  long tag;
}
