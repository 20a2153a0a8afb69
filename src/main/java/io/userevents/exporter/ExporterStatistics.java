// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * A snapshot of an exporter's counters since it was built. Once no export is under way (after a
 * flush, or after shutdown), every point of every export that was not {@linkplain #skippedExports()
 * skipped} has exactly one outcome. A snapshot is immutable.
 *
 * @since 0.1.0
 */
public final class ExporterStatistics {

  private final long exports;
  private final long skippedExports;
  private final long discardedCollections;
  private final long discardedPoints;
  private final long reducedEnvelopes;
  private final long reducedPoints;
  private final long[] points;
  private final PipelineStatistics pipeline;

  ExporterStatistics(
      long exports,
      long skippedExports,
      long discardedCollections,
      long discardedPoints,
      long reducedEnvelopes,
      long reducedPoints,
      long[] points,
      PipelineStatistics pipeline) {
    this.exports = exports;
    this.skippedExports = skippedExports;
    this.discardedCollections = discardedCollections;
    this.discardedPoints = discardedPoints;
    this.reducedEnvelopes = reducedEnvelopes;
    this.reducedPoints = reducedPoints;
    this.points = points;
    this.pipeline = pipeline;
  }

  /** {@return the number of calls of {@code export} before shutdown} */
  public long exports() {
    return exports;
  }

  /**
   * {@return the number of these calls during which no listener was attached, so that nothing was
   * encoded}
   */
  public long skippedExports() {
    return skippedExports;
  }

  /**
   * Returns the number of collections that a {@link UserEventsMetricReader} made while no listener
   * was attached, and discarded so that the SDK forgets ended series; see {@link
   * UserEventsMetricReaderBuilder#setIdleCollectionInterval}. They are not included in {@link
   * #exports()}. A failed collection counts too, because the SDK may have taken deltas for it
   * before the failure. Its points are not included in {@link #discardedPoints}, because their
   * number is not known.
   *
   * @return the number of collections
   */
  public long discardedCollections() {
    return discardedCollections;
  }

  /**
   * {@return the number of data points of these collections} They have no outcome, because they
   * were never exported.
   */
  public long discardedPoints() {
    return discardedPoints;
  }

  /**
   * Returns the number of data points with an outcome. {@link Outcome#DROPPED_TOO_LARGE} counts
   * points that fit into no record, and so are not in the pipeline's statistics.
   *
   * @param outcome the outcome
   * @return the number of data points
   */
  public long points(Outcome outcome) {
    return points[outcome.ordinal()];
  }

  /**
   * Returns the number of data points that were too large for a record and became small enough
   * without their exemplars, or also without the description of their metric. They have an outcome
   * like the others.
   *
   * @return the number of data points
   */
  public long reducedPoints() {
    return reducedPoints;
  }

  /**
   * Returns the number of distinct resources, scopes and metric headers (name, description, unit)
   * that take more than their share of a record, so that some of their attributes or text is cut or
   * left out. The log says which and by how much. The points of their metrics are exported.
   *
   * @return the number, up to 1,000
   */
  public long reducedEnvelopes() {
    return reducedEnvelopes;
  }

  /** {@return the pipeline's counters of the records} */
  public PipelineStatistics pipeline() {
    return pipeline;
  }

  @Override
  public String toString() {
    StringJoiner joiner = new StringJoiner(", ", "ExporterStatistics{", "}");
    joiner.add("exports=" + exports);
    joiner.add("skippedExports=" + skippedExports);
    joiner.add("discardedCollections=" + discardedCollections);
    joiner.add("discardedPoints=" + discardedPoints);
    joiner.add("reducedEnvelopes=" + reducedEnvelopes);
    joiner.add("reducedPoints=" + reducedPoints);
    for (Outcome outcome : Outcome.values()) {
      joiner.add("points." + outcome.name().toLowerCase(Locale.ROOT) + "=" + points(outcome));
    }
    joiner.add("pipeline=" + pipeline);
    return joiner.toString();
  }
}
