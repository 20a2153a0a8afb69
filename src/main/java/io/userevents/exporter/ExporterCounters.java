// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.otlp.EnvelopeReduction;
import io.userevents.exporter.internal.otlp.EnvelopeReductionLog;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Logger;

/** Counts exports and points. Any thread may add and read. */
final class ExporterCounters {

  /** Those that found a listener. */
  private final LongAdder exports = new LongAdder();

  /** While nobody listens this is most of what an export does. */
  private final OwnedCounter skippedExports = new OwnedCounter();

  /** Logs what it counts. */
  private final EnvelopeReductionLog reducedEnvelopes =
      new EnvelopeReductionLog(Logger.getLogger(UserEventsMetricExporter.class.getName()));

  private final LongAdder reducedPoints = new LongAdder();
  private final LongAdder[] points = new LongAdder[Outcome.values().length];

  ExporterCounters() {
    for (int i = 0; i < points.length; i++) {
      points[i] = new LongAdder();
    }
  }

  void exported() {
    exports.increment();
  }

  void skipped() {
    skippedExports.increment();
  }

  void reduced() {
    reducedPoints.increment();
  }

  void reducedEnvelope(EnvelopeReduction reduction) {
    reducedEnvelopes.add(reduction);
  }

  void points(Outcome outcome, long count) {
    points[outcome.ordinal()].add(count);
  }

  long points(Outcome outcome) {
    return points[outcome.ordinal()].sum();
  }

  ExporterStatistics snapshot(PipelineStatistics pipeline) {
    long[] sums = new long[points.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = points[i].sum();
    }
    long skipped = skippedExports.sum();
    return new ExporterStatistics(
        exports.sum() + skipped,
        skipped,
        reducedEnvelopes.distinct(),
        reducedPoints.sum(),
        sums,
        pipeline);
  }
}
