// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.libraries.Diagnosis;
import io.userevents.internal.libraries.Library;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.tracepoint.Tracepoint;
import java.util.List;
import java.util.function.Function;

/**
 * Makes a pipeline out of its settings and a tracepoint. If that fails, it gives the tracepoint
 * back, closes the pipeline, and says what this JVM lacks.
 */
final class PipelineAssembly {

  private final PipelineSettings settings;
  private final TracepointChoice tracepoint;

  PipelineAssembly(PipelineSettings settings, TracepointChoice tracepoint) {
    this.settings = settings;
    this.tracepoint = tracepoint;
  }

  /** Makes a pipeline whose consumer runs on a thread of its own. */
  RecordPipeline buildStarted() {
    return build(
        pipeline -> {
          pipeline.start();
          return pipeline;
        });
  }

  /** Makes a pipeline for an application that runs the consumer. */
  PipelineAgent buildAgent() {
    return build(RecordPipeline::agent);
  }

  private <T> T build(Function<RecordPipeline, T> completion) {
    try {
      // The ring gets its memory from the consumer: if Agrona cannot work here, say so to the
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

  /** Makes a pipeline whose consumer does not run, for tests. */
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
