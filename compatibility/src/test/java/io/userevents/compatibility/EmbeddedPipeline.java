// SPDX-License-Identifier: Apache-2.0
package io.userevents.compatibility;

import io.userevents.pipeline.PipelineUnavailableException;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.LoopbackTracepoint;

/** Builds a pipeline without OpenTelemetry, and prints why that is not possible. */
final class EmbeddedPipeline {

  private EmbeddedPipeline() {}

  public static void main(String[] args) {
    try (RecordPipeline pipeline =
        RecordPipeline.builder().setTracepoint(new LoopbackTracepoint("orders")).build()) {
      System.out.println("built " + pipeline.state());
    } catch (PipelineUnavailableException e) {
      System.out.println("unavailable " + e.getMessage());
      System.out.println("cause " + e.getCause());
    }
  }
}
