// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** What a {@link RecordPipelineBuilder} was told, checked. */
record PipelineSettings(
    int ringSlots,
    int maxRecordLength,
    int maxEventLength,
    boolean gatherRecords,
    BackPressurePolicy backPressurePolicy,
    ConsumerWaitStrategy waitStrategy,
    TracepointStateListener stateListener,
    @Nullable ThreadFactory threadFactory,
    int consumerCpu,
    boolean consumerCpuRequired,
    long retryPeriodNs) {

  static final int NO_CPU = -1;

  @Override
  public String toString() {
    return "ringSlots="
        + ringSlots
        + ", maxRecordLength="
        + maxRecordLength
        + ", maxEventLength="
        + maxEventLength
        + ", gatherRecords="
        + gatherRecords
        + ", backPressurePolicy="
        + backPressurePolicy
        + ", waitStrategy="
        + waitStrategy
        + ", consumerCpu="
        + (consumerCpu == NO_CPU ? "any" : String.valueOf(consumerCpu));
  }
}
