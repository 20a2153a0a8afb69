// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Makes a benchmark fail if it drops records, because it then measures other work. */
final class Completeness {

  private Completeness() {}

  /**
   * Closes the pipeline.
   *
   * @throws IllegalStateException if no record was offered, or not all records were written
   */
  static void close(RecordPipeline pipeline) {
    pipeline.close();
    PipelineStatistics statistics = pipeline.statistics();
    if (statistics.offered() == 0 || statistics.written() != statistics.offered()) {
      throw new IllegalStateException("records were lost, or none was offered: " + statistics);
    }
  }
}
