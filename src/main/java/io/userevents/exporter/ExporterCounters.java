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

  /** The exports that found a listener. */
  private final LongAdder exports = new LongAdder();

  /**
   * The exports without a listener. This is an atomic number: exports do not contend, and it is
   * most of their cost.
   */
  private final AtomicLong skippedExports = new AtomicLong();

  /** The collections that a reader made without a listener. */
  private final LongAdder discardedCollections = new LongAdder();

  private final LongAdder discardedPoints = new LongAdder();

  /** Counts and logs cut envelopes. */
  private final EnvelopeReductionLog reducedEnvelopes =
      new EnvelopeReductionLog(Logger.getLogger(UserEventsMetricExporter.class.getName()));

  private final LongAdder reducedPoints = new LongAdder();

  /**
   * Points for which the consumer has reported an outcome, with padding. Only the consumer writes
   * it.
   */
  private final long[] consumed = new long[CACHE_LINE_LONGS + OUTCOMES + CACHE_LINE_LONGS];

  /** Points that were dropped before they were in the ring. */
  private final LongAdder[] refused = new LongAdder[OUTCOMES];

  ExporterCounters() {
    for (int i = 0; i < OUTCOMES; i++) {
      refused[i] = new LongAdder();
    }
  }

  /** Counts an export that found a listener. Any thread may call this. */
  void exported() {
    exports.increment();
  }

  /** Counts an export that found no listener. Any thread may call this. */
  void skipped() {
    skippedExports.getAndIncrement();
  }

  /** Counts a collection without a listener and its points. Only the reader's thread calls this. */
  void discarded(long points) {
    discardedCollections.increment();
    discardedPoints.add(points);
  }

  /**
   * Counts a point that was exported without exemplars or description. Any thread may call this.
   */
  void reduced() {
    reducedPoints.increment();
  }

  /**
   * Counts a part around the points that was cut to its share of a record. Any thread may call
   * this.
   */
  void reducedEnvelope(EnvelopeReduction reduction) {
    reducedEnvelopes.add(reduction);
  }

  /** Counts points that were dropped before they were in the ring. Any thread may call this. */
  void refused(Outcome outcome, long points) {
    refused[outcome.ordinal()].add(points);
  }

  /**
   * Counts points of a record from the ring. Only the consumer calls this, so it needs no atomic
   * addition.
   */
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
