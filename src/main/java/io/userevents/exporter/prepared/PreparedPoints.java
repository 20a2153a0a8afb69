// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.EnvelopeReductionLog;
import io.userevents.exporter.internal.otlp.NamePatterns;
import io.userevents.exporter.internal.otlp.PreparedRecord.Kind;
import io.userevents.pipeline.RecordPipeline;
import java.util.logging.Logger;
import org.agrona.concurrent.EpochNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Prepares points whose every measurement is to be seen, not an aggregate. Resource, scope, metric
 * and attributes are encoded once; publishing a value copies the record into the ring and stores
 * value and time in it:
 *
 * <pre>{@code
 * PreparedPoints points = PreparedPoints.builder(pipeline).setResource(resource).build();
 * PreparedLongPoint latency =
 *     points
 *         .longGauge("order.latency")
 *         .setUnit("ns")
 *         .setAttributes(Attributes.of(stringKey("venue"), "XLON"))
 *         .build();
 *
 * latency.publish(elapsedNs); // for each order
 * }</pre>
 *
 * <p>Thread-safe. Preparing allocates and is for the start of a program; publishing is for its hot
 * path.
 */
public final class PreparedPoints {

  /** Null if there is none, and then no point is published. */
  private final @Nullable RecordPipeline pipeline;

  private final Resource resource;
  private final NamePatterns excluded;
  private final InstrumentationScopeInfo scope;

  /** Null if there is no pipeline. */
  private final @Nullable EpochNanoClock clock;

  /** All points have the same resource, so that it is told once. */
  private final EnvelopeReductionLog reductions =
      new EnvelopeReductionLog(Logger.getLogger(PreparedPoints.class.getName()));

  PreparedPoints(
      @Nullable RecordPipeline pipeline,
      Resource resource,
      NamePatterns excluded,
      InstrumentationScopeInfo scope,
      @Nullable EpochNanoClock clock) {
    this.pipeline = pipeline;
    this.resource = resource;
    this.excluded = excluded;
    this.scope = scope;
    this.clock = clock == null && pipeline != null ? PipelinePublisher.defaultClock() : clock;
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param pipeline that the points are published through; its records must be OTLP, since records
   *     are gathered into one event
   */
  public static PreparedPointsBuilder builder(RecordPipeline pipeline) {
    return new PreparedPointsBuilder(requireNonNull(pipeline, "pipeline"));
  }

  /**
   * Returns a builder of points that publish nothing, for a program that has no pipeline: their
   * {@code publish} returns false and counts nothing.
   */
  public static PreparedPointsBuilder disabled() {
    return new PreparedPointsBuilder(null);
  }

  /** Prepares a point of a gauge: each value stands for itself. */
  public PreparedPointBuilder<PreparedLongPoint> longGauge(String name) {
    return longs(Kind.LONG_GAUGE, name);
  }

  /** Prepares a point of a gauge: each value stands for itself. */
  public PreparedPointBuilder<PreparedDoublePoint> doubleGauge(String name) {
    return doubles(Kind.DOUBLE_GAUGE, name);
  }

  /**
   * Prepares a point of a monotonic sum with delta temporality: each value is what has come since
   * the one before. A value below 0 or not-a-number is not published: as the SDK does, the point
   * logs it, once a minute at most for all points of a pipeline, and drops it. It takes no slot.
   * The pipeline's statistics count it as {@link io.userevents.pipeline.Outcome#DROPPED_ABORTED}
   * while somebody listens. The shutdown of an exporter of the pipeline logs the number of those
   * that no line has told of; without an exporter the statistics alone have the values after the
   * last line.
   */
  public PreparedPointBuilder<PreparedLongPoint> longCounter(String name) {
    return longs(Kind.LONG_COUNTER, name);
  }

  /**
   * Prepares a point of a monotonic sum with delta temporality: each value is what has come since
   * the one before. A value below 0 or not-a-number is not published: as the SDK does, the point
   * logs it, once a minute at most for all points of a pipeline, and drops it. It takes no slot.
   * The pipeline's statistics count it as {@link io.userevents.pipeline.Outcome#DROPPED_ABORTED}
   * while somebody listens. The shutdown of an exporter of the pipeline logs the number of those
   * that no line has told of; without an exporter the statistics alone have the values after the
   * last line.
   */
  public PreparedPointBuilder<PreparedDoublePoint> doubleCounter(String name) {
    return doubles(Kind.DOUBLE_COUNTER, name);
  }

  /**
   * Prepares a point of a sum with delta temporality: each value is what has come or gone since the
   * one before.
   */
  public PreparedPointBuilder<PreparedLongPoint> longUpDownCounter(String name) {
    return longs(Kind.LONG_UP_DOWN_COUNTER, name);
  }

  /**
   * Prepares a point of a sum with delta temporality: each value is what has come or gone since the
   * one before.
   */
  public PreparedPointBuilder<PreparedDoublePoint> doubleUpDownCounter(String name) {
    return doubles(Kind.DOUBLE_UP_DOWN_COUNTER, name);
  }

  private PreparedPointBuilder<PreparedLongPoint> longs(Kind kind, String name) {
    return new PreparedPointBuilder<>(
        pipeline, resource, excluded, reductions, scope, clock, kind, name, PreparedLongPoint::new);
  }

  private PreparedPointBuilder<PreparedDoublePoint> doubles(Kind kind, String name) {
    return new PreparedPointBuilder<>(
        pipeline,
        resource,
        excluded,
        reductions,
        scope,
        clock,
        kind,
        name,
        PreparedDoublePoint::new);
  }
}
