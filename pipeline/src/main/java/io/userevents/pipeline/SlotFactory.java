// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.EventFactory;

/** Gives each slot of a ring its place in the region, in the ring's order. */
final class SlotFactory implements EventFactory<Slot> {

  private final SlotRegion region;
  private int made;

  SlotFactory(SlotRegion region) {
    this.region = region;
  }

  @Override
  public Slot newInstance() {
    return new Slot(region.offsetOf(made++));
  }
}
