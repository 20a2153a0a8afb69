// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RecordPipelineBuilder} was told, checked.
 *
 * @param tracefs of the kernel's tracepoint, which has it: only to be shown
 * @param dataFileDescriptor of the kernel's tracepoint: only to be shown
 */
record PipelineSettings(
    int ringSlots,
    int maxRecordLength,
    int maxEventLength,
    boolean gatherRecords,
    Pacing pacing,
    BackPressurePolicy backPressurePolicy,
    ConsumerWaitStrategy waitStrategy,
    @Nullable IdleStrategy idleStrategy,
    @Nullable ErrorHandler errorHandler,
    TracepointStateListener stateListener,
    @Nullable ThreadFactory threadFactory,
    int consumerCpu,
    boolean consumerCpuRequired,
    @Nullable Path tracefs,
    int dataFileDescriptor,
    long retryPeriodNs) {

  static final int NO_CPU = -1;
  static final int NO_DESCRIPTOR = -1;

  private static final String DEFAULT = "default";

  /** Whether the publisher of each record wakes a consumer that sleeps. */
  boolean wakesForEach() {
    return idleStrategy == null && waitStrategy == ConsumerWaitStrategy.BLOCKING;
  }

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
        + ", idleStrategy="
        + (idleStrategy == null ? DEFAULT : className(idleStrategy))
        + ", errorHandler="
        + (errorHandler == null ? DEFAULT : className(errorHandler))
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
        + ", dataFileDescriptor="
        + (dataFileDescriptor == NO_DESCRIPTOR ? DEFAULT : String.valueOf(dataFileDescriptor))
        + ", retryPeriod="
        + Duration.ofNanos(retryPeriodNs);
  }

  /** Of what a user implements, whose own text may be anything. */
  static String className(Object implementation) {
    return implementation.getClass().getName();
  }
}
