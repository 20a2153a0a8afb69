// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** A benchmark that drops its records measures something else: it has to fail. */
final class Completeness {

  private Completeness() {}

  /**
   * Closes the pipeline.
   *
   * @throws IllegalStateException if it was offered nothing, or has not written all of it
   */
  static void close(RecordPipeline pipeline) {
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    if (statistics.offered() == 0 || statistics.written() != statistics.offered()) {
      throw new IllegalStateException("records were lost, or none was offered: " + statistics);
    }
  }
}
