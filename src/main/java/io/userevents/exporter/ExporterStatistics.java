// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.userevents.pipeline.Outcome;
import io.userevents.pipeline.PipelineStatistics;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * What an exporter has done since it was built. Once nothing is under way (after a flush, or after
 * shutdown), every point of every export that was not {@linkplain #skippedExports() skipped} has
 * one outcome.
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

  /** Calls of {@code export}, before shutdown. */
  public long exports() {
    return exports;
  }

  /** Those of them during which nobody listened, so that nothing was encoded. */
  public long skippedExports() {
    return skippedExports;
  }

  /**
   * Collections that a {@link UserEventsMetricReader} made while nobody listened, and discarded, so
   * that the SDK forgets series that have ended; see {@link
   * UserEventsMetricReaderBuilder#setIdleCollectionInterval}. They are not among the exports. One
   * that failed counts as well, as the SDK may have taken deltas for it before; its points are not
   * among the {@link #discardedPoints}, since nobody knows how many they were.
   */
  public long discardedCollections() {
    return discardedCollections;
  }

  /** Data points of these collections. They have no outcome, as they were never exported. */
  public long discardedPoints() {
    return discardedPoints;
  }

  /**
   * Data points with this outcome. {@link Outcome#DROPPED_TOO_LARGE} counts points that fit into no
   * record, which therefore are in no record of the pipeline's statistics.
   */
  public long points(Outcome outcome) {
    return points[outcome.ordinal()];
  }

  /**
   * Data points that were too large for a record and became small enough without their exemplars,
   * or without the description of their metric as well. They have an outcome like the others.
   */
  public long reducedPoints() {
    return reducedPoints;
  }

  /**
   * Distinct resources, scopes and metric headers (name, description, unit) that take more than
   * their share of a record, so that attributes or text of theirs are cut or left out; up to 1,000.
   * The log says which and by how much. The points of their metrics are exported.
   */
  public long reducedEnvelopes() {
    return reducedEnvelopes;
  }

  /** The same in records, as the pipeline counts them. */
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
