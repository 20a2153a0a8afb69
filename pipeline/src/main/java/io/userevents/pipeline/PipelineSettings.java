// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RecordPipelineBuilder} was told, checked.
 *
 * @param tracefs of the kernel's tracepoint, which has it: only to be shown
 */
record PipelineSettings(
    int ringSlots,
    int maxRecordLength,
    int maxEventLength,
    boolean gatherRecords,
    Pacing pacing,
    BackPressurePolicy backPressurePolicy,
    ConsumerWaitStrategy waitStrategy,
    TracepointStateListener stateListener,
    @Nullable ThreadFactory threadFactory,
    int consumerCpu,
    boolean consumerCpuRequired,
    @Nullable Path tracefs,
    long retryPeriodNs) {

  static final int NO_CPU = -1;

  private static final String DEFAULT = "default";

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
        + ", pacing="
        + pacing
        + ", backPressurePolicy="
        + backPressurePolicy
        + ", waitStrategy="
        + waitStrategy
        + ", consumerCpu="
        + (consumerCpu == NO_CPU ? "any" : String.valueOf(consumerCpu))
        + ", consumerCpuRequired="
        + consumerCpuRequired
        + ", stateListener="
        + (stateListener == TracepointStateListener.NONE ? DEFAULT : className(stateListener))
        + ", threadFactory="
        + (threadFactory == null ? DEFAULT : className(threadFactory))
        + ", tracefs="
        + (tracefs == null ? DEFAULT : tracefs)
        + ", retryPeriod="
        + Duration.ofNanos(retryPeriodNs);
  }

  /** Of what a user implements, whose own text may be anything. */
  static String className(Object implementation) {
    return implementation.getClass().getName();
  }
}
