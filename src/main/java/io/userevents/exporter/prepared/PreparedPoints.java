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
 * Prepares points of which every measurement is published, not an aggregate. Resource, scope,
 * metric and attributes are encoded once. Publishing a value copies the record into the ring and
 * stores value and time in it:
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
 * <p>Any thread may call the methods. Preparing a point allocates and is for the start of a
 * program; publishing is for its hot path.
 *
 * @since 0.1.0
 */
public final class PreparedPoints {

  /** The pipeline; null if there is none, and then no point is published. */
  private final @Nullable RecordPipeline pipeline;

  private final Resource resource;
  private final NamePatterns excluded;
  private final InstrumentationScopeInfo scope;

  /** The clock; null if there is no pipeline. */
  private final @Nullable EpochNanoClock clock;

  /** The log of cut parts; all points have the same resource, so that it is reported once. */
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
   * Returns a builder with the default settings.
   *
   * @param pipeline pipeline that publishes the points; its other records must also be OTLP,
   *     because records are gathered into one event
   * @return the builder
   */
  public static PreparedPointsBuilder builder(RecordPipeline pipeline) {
    return new PreparedPointsBuilder(requireNonNull(pipeline, "pipeline"));
  }

  /**
   * Returns a builder of points that publish nothing, for a program that has no pipeline. Their
   * {@code publish} returns false and counts nothing.
   *
   * @return the builder
   */
  public static PreparedPointsBuilder disabled() {
    return new PreparedPointsBuilder(null);
  }

  /**
   * Returns a builder of a point of a gauge, of which each value is independent.
   *
   * @param name name of the metric, not empty
   * @return the builder
   */
  public PreparedPointBuilder<PreparedLongPoint> longGauge(String name) {
    return longs(Kind.LONG_GAUGE, name);
  }

  /**
   * Returns a builder of a point of a gauge, of which each value is independent.
   *
   * @param name name of the metric, not empty
   * @return the builder
   */
  public PreparedPointBuilder<PreparedDoublePoint> doubleGauge(String name) {
    return doubles(Kind.DOUBLE_GAUGE, name);
  }

  /**
   * Returns a builder of a point of a monotonic sum with delta temporality, of which each value is
   * the increment since the one before. A value below 0 or not-a-number is not published. As in the
   * SDK, the point logs it, at most once a minute for all points of a pipeline, and drops it. Such
   * a value takes no slot. While a listener is attached, the pipeline's statistics count it as
   * {@link io.userevents.pipeline.Outcome#DROPPED_ABORTED}. The shutdown of an exporter of the
   * pipeline logs the number of values that no line has reported; without an exporter, only the
   * statistics have the values after the last line.
   *
   * @param name name of the metric, not empty
   * @return the builder
   */
  public PreparedPointBuilder<PreparedLongPoint> longCounter(String name) {
    return longs(Kind.LONG_COUNTER, name);
  }

  /**
   * Returns a builder of a point of a monotonic sum with delta temporality, of which each value is
   * the increment since the one before. A value below 0 or not-a-number is not published. As in the
   * SDK, the point logs it, at most once a minute for all points of a pipeline, and drops it. Such
   * a value takes no slot. While a listener is attached, the pipeline's statistics count it as
   * {@link io.userevents.pipeline.Outcome#DROPPED_ABORTED}. The shutdown of an exporter of the
   * pipeline logs the number of values that no line has reported; without an exporter, only the
   * statistics have the values after the last line.
   *
   * @param name name of the metric, not empty
   * @return the builder
   */
  public PreparedPointBuilder<PreparedDoublePoint> doubleCounter(String name) {
    return doubles(Kind.DOUBLE_COUNTER, name);
  }

  /**
   * Returns a builder of a point of a sum with delta temporality, of which each value is the change
   * since the one before.
   *
   * @param name name of the metric, not empty
   * @return the builder
   */
  public PreparedPointBuilder<PreparedLongPoint> longUpDownCounter(String name) {
    return longs(Kind.LONG_UP_DOWN_COUNTER, name);
  }

  /**
   * Returns a builder of a point of a sum with delta temporality, of which each value is the change
   * since the one before.
   *
   * @param name name of the metric, not empty
   * @return the builder
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
