// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.Tracepoint;
import org.agrona.BitUtil;
import org.jspecify.annotations.Nullable;

/** Configures a {@link RecordPipeline}. Not thread-safe. */
public final class RecordPipelineBuilder {

  /** Slots of the ring, unless set: with the default record length, 4 MiB of memory. */
  public static final int DEFAULT_RING_SLOTS = 1024;

  /** Longest record in bytes, unless set: what both perf and ftrace deliver. */
  public static final int DEFAULT_MAX_RECORD_LENGTH = EventLayout.MAX_LENGTH_FTRACE;

  private static final int MAX_RING_SLOTS = 1 << 24;

  private @Nullable Tracepoint tracepoint;
  private int ringSlots = DEFAULT_RING_SLOTS;
  private int maxRecordLength = DEFAULT_MAX_RECORD_LENGTH;
  private boolean gatherRecords = true;

  RecordPipelineBuilder() {}

  /**
   * Sets where records are written to. The pipeline registers and closes it. Default: the kernel's
   * tracepoint {@value EventLayout#OTLP_METRICS}.
   */
  public RecordPipelineBuilder setTracepoint(Tracepoint tracepoint) {
    this.tracepoint = requireNonNull(tracepoint, "tracepoint");
    return this;
  }

  /**
   * Sets how many records can wait.
   *
   * @param ringSlots a power of two, 2 to 16,777,216; default {@value #DEFAULT_RING_SLOTS}
   * @throws IllegalArgumentException if it is not
   */
  public RecordPipelineBuilder setRingSlots(int ringSlots) {
    if (ringSlots < 2 || ringSlots > MAX_RING_SLOTS || !BitUtil.isPowerOfTwo(ringSlots)) {
      throw new IllegalArgumentException(
          "ringSlots must be a power of two, 2 to " + MAX_RING_SLOTS + ": ringSlots=" + ringSlots);
    }
    this.ringSlots = ringSlots;
    return this;
  }

  /**
   * Sets the longest record, which is the longest event too.
   *
   * @param maxRecordLength in bytes, 1 to {@link EventLayout#MAX_LENGTH_PERF}; above {@link
   *     EventLayout#MAX_LENGTH_FTRACE} ftrace loses the events, without an error
   * @throws IllegalArgumentException if it is not in that range
   */
  public RecordPipelineBuilder setMaxRecordLength(int maxRecordLength) {
    if (maxRecordLength < 1 || maxRecordLength > EventLayout.MAX_LENGTH_PERF) {
      throw new IllegalArgumentException(
          "maxRecordLength must be 1 to "
              + EventLayout.MAX_LENGTH_PERF
              + " (above it perf loses the events, above "
              + EventLayout.MAX_LENGTH_FTRACE
              + " ftrace does): maxRecordLength="
              + maxRecordLength);
    }
    this.maxRecordLength = maxRecordLength;
    return this;
  }

  /**
   * Sets whether records that wait together are written as one event. To be switched off if the
   * bytes of two records, one after the other, are not one valid message. Default: true.
   */
  public RecordPipelineBuilder setGatherRecords(boolean gatherRecords) {
    this.gatherRecords = gatherRecords;
    return this;
  }

  /**
   * Starts the consumer thread and waits, for 10 s at most, until it has tried to register the
   * tracepoint. A failure to register is logged and tried again later, not thrown.
   */
  public RecordPipeline build() {
    Tracepoint target =
        tracepoint != null ? tracepoint : new KernelTracepoint(EventLayout.OTLP_METRICS);
    return new RecordPipeline(target, ringSlots, maxRecordLength, gatherRecords);
  }
}
