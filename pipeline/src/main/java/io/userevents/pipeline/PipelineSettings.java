// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Holds the settings of a {@link RecordPipelineBuilder}, which were all checked. */
record PipelineSettings(
    int ringSlots,
    EventSettings events,
    BackPressurePolicy backPressurePolicy,
    ConsumerSettings consumer,
    TracepointSettings tracepoint) {

  @Override
  public String toString() {
    return "ringSlots="
        + ringSlots
        + ", "
        + events
        + ", backPressurePolicy="
        + backPressurePolicy
        + ", "
        + consumer
        + ", "
        + tracepoint;
  }
}
