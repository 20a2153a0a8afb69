// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.libraries.Diagnosis;
import io.userevents.internal.libraries.Library;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.Tracepoint;
import java.util.List;
import java.util.function.Function;

/**
 * Builds a pipeline from its settings and a tracepoint. If that fails, it closes the tracepoint and
 * the pipeline, and reports what this JVM lacks.
 */
final class PipelineAssembly {

  private final PipelineSettings settings;
  private final TracepointChoice tracepoint;

  PipelineAssembly(PipelineSettings settings, TracepointChoice tracepoint) {
    this.settings = settings;
    this.tracepoint = tracepoint;
  }

  /** Builds a pipeline whose consumer runs on its own thread. */
  RecordPipeline buildStarted() {
    return build(
        pipeline -> {
          pipeline.start();
          return pipeline;
        });
  }

  /** Builds a pipeline for an application that runs the consumer. */
  PipelineAgent buildAgent() {
    return build(RecordPipeline::agent);
  }

  private <T> T build(Function<RecordPipeline, T> completion) {
    try {
      // The consumer allocates the ring's memory later. If Agrona cannot work here, this tells the
      // caller.
      NativeRegion.allocate(1, 1).free();
      RecordRing.link();
      RecordPipeline pipeline = buildUnstarted();
      boolean isComplete = false;
      try {
        T built = completion.apply(pipeline);
        isComplete = true;
        return built;
      } finally {
        if (!isComplete && pipeline.closeAsync().isDone()) {
          tracepoint.giveBack();
        }
      }
    } catch (LinkageError | OutOfMemoryError e) {
      throw new PipelineUnavailableException(
          "the pipeline cannot be set up: "
              + Diagnosis.of(e, List.of(Library.DISRUPTOR, Library.AGRONA, Library.JNA))
              + "; asked for ringSlots="
              + settings.ringSlots()
              + " maxRecordLength="
              + settings.events().maxRecordLength(),
          e);
    }
  }

  /** Builds a pipeline whose consumer does not run, for tests. */
  RecordPipeline buildUnstarted() {
    settings.events().requirePossible();
    Tracepoint taken = tracepoint.take();
    boolean isBuilt = false;
    try {
      RecordPipeline pipeline = new RecordPipeline(taken, settings);
      isBuilt = true;
      return pipeline;
    } finally {
      if (!isBuilt) {
        tracepoint.giveBack();
      }
    }
  }
}
