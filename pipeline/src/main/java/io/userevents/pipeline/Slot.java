// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Holds, for one slot of the ring, the listener for the outcome of its record. The record lies in
 * the {@link SlotRegion} and its length in {@link SlotEntries}, at places that follow from the
 * sequence. A record without a listener does not touch this object.
 */
final class Slot {

  @Nullable OutcomeListener listener;

  /** The tag of the publisher, for the listener. */
  long tag;
}
