// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.Tracepoint;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The tracepoint that a builder was told to use: one that was set, which serves one pipeline, or a
 * new one of the kernel's for each pipeline. Not thread-safe.
 */
final class TracepointChoice {

  private String eventName = EventLayout.OTLP_METRICS;
  private @Nullable Path tracefs;
  private int dataFileDescriptor = PipelineSettings.NO_DESCRIPTOR;
  private @Nullable Tracepoint tracepoint;

  /** Whether a pipeline has the tracepoint. Shared with copies that have the same one. */
  private AtomicBoolean taken = new AtomicBoolean();

  TracepointChoice() {}

  private TracepointChoice(TracepointChoice other) {
    eventName = other.eventName;
    tracefs = other.tracefs;
    dataFileDescriptor = other.dataFileDescriptor;
    tracepoint = other.tracepoint;
    taken = other.taken;
  }

  TracepointChoice copy() {
    return new TracepointChoice(this);
  }

  void eventName(String name) {
    eventName = EventLayout.requireValidName(name);
  }

  void tracefs(Path path) {
    tracefs = path;
  }

  @Nullable Path tracefs() {
    return tracefs;
  }

  void dataFileDescriptor(int descriptor) {
    if (descriptor < PipelineSettings.NO_DESCRIPTOR) {
      throw new IllegalArgumentException(
          "dataFileDescriptor must be 0 or more, or -1 for none: dataFileDescriptor=" + descriptor);
    }
    dataFileDescriptor = descriptor;
  }

  int dataFileDescriptor() {
    return dataFileDescriptor;
  }

  void tracepoint(Tracepoint set) {
    tracepoint = set;
    taken = new AtomicBoolean();
  }

  /**
   * Returns the tracepoint for a pipeline, which has it from then on.
   *
   * @throws IllegalStateException if another pipeline has it
   */
  Tracepoint take() {
    Tracepoint set = tracepoint;
    if (set == null) {
      return kernelTracepoint();
    }
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "one pipeline for each tracepoint: set another one: tracepoint=" + set);
    }
    return set;
  }

  /** The pipeline that was to have the tracepoint came to nothing. */
  void giveBack() {
    taken.set(false);
  }

  private Tracepoint kernelTracepoint() {
    if (dataFileDescriptor != PipelineSettings.NO_DESCRIPTOR) {
      return new KernelTracepoint(eventName, dataFileDescriptor);
    }
    return tracefs == null
        ? new KernelTracepoint(eventName)
        : new KernelTracepoint(eventName, tracefs);
  }
}
