// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.exporter.internal.otlp.EnvelopeReduction;
import io.userevents.exporter.internal.otlp.EnvelopeReductionLog;
import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Logger;

/** Counts exports and points. Any thread may read. */
final class ExporterCounters {

  private static final int OUTCOMES = Outcome.values().length;
  private static final int CACHE_LINE_LONGS = 8;
  private static final VarHandle CONSUMED = MethodHandles.arrayElementVarHandle(long[].class);

  /** Those that found a listener. */
  private final LongAdder exports = new LongAdder();

  /** While nobody listens this is most of what an export does; exports do not contend. */
  private final AtomicLong skippedExports = new AtomicLong();

  /** Of a reader that collected for nobody. */
  private final LongAdder discardedCollections = new LongAdder();

  private final LongAdder discardedPoints = new LongAdder();

  /** Logs what it counts. */
  private final EnvelopeReductionLog reducedEnvelopes =
      new EnvelopeReductionLog(Logger.getLogger(UserEventsMetricExporter.class.getName()));

  private final LongAdder reducedPoints = new LongAdder();

  /**
   * Points that the consumer has told an outcome of, with padding. Written by the consumer only.
   */
  private final long[] consumed = new long[CACHE_LINE_LONGS + OUTCOMES + CACHE_LINE_LONGS];

  /** Points that were dropped before they were in the ring. */
  private final LongAdder[] refused = new LongAdder[OUTCOMES];

  ExporterCounters() {
    for (int i = 0; i < OUTCOMES; i++) {
      refused[i] = new LongAdder();
    }
  }

  /** Any thread: an export that found a listener. */
  void exported() {
    exports.increment();
  }

  /** Any thread: an export that found none. */
  void skipped() {
    skippedExports.getAndIncrement();
  }

  /** The reader's thread: it has collected so many points for nobody. */
  void discarded(long points) {
    discardedCollections.increment();
    discardedPoints.add(points);
  }

  /** Any thread: a point that went out without exemplars or description. */
  void reduced() {
    reducedPoints.increment();
  }

  /** Any thread: something around the points that was cut to its share of a record. */
  void reducedEnvelope(EnvelopeReduction reduction) {
    reducedEnvelopes.add(reduction);
  }

  /** Any thread: points that were dropped before they were in the ring. */
  void refused(Outcome outcome, long points) {
    refused[outcome.ordinal()].add(points);
  }

  /** Consumer: points of a record from the ring. A single writer needs no atomic addition. */
  void consumed(Outcome outcome, long points) {
    int index = CACHE_LINE_LONGS + outcome.ordinal();
    CONSUMED.setRelease(consumed, index, consumed[index] + points);
  }

  ExporterStatistics snapshot(PipelineStatistics pipeline) {
    long[] sums = new long[OUTCOMES];
    for (int i = 0; i < OUTCOMES; i++) {
      sums[i] = refused[i].sum() + (long) CONSUMED.getAcquire(consumed, CACHE_LINE_LONGS + i);
    }
    long skipped = skippedExports.get();
    return new ExporterStatistics(
        exports.sum() + skipped,
        skipped,
        discardedCollections.sum(),
        discardedPoints.sum(),
        reducedEnvelopes.distinct(),
        reducedPoints.sum(),
        sums,
        pipeline);
  }
}
