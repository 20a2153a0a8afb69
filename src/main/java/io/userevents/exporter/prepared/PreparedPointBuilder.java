// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.log.RefusedValues;
import io.userevents.exporter.internal.otlp.EncoderLimits;
import io.userevents.exporter.internal.otlp.EnvelopeReductionLog;
import io.userevents.exporter.internal.otlp.NamePatterns;
import io.userevents.exporter.internal.otlp.PreparedRecord;
import io.userevents.exporter.internal.otlp.PreparedRecord.Kind;
import io.userevents.pipeline.RecordPipeline;
import java.util.function.Function;
import org.agrona.concurrent.EpochNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * A builder of one point. It is not thread-safe.
 *
 * @param <P> type of the point, {@link PreparedLongPoint} or {@link PreparedDoublePoint}
 * @since 0.1.0
 */
public final class PreparedPointBuilder<P> {

  /** The pipeline; null if there is none, and then no point is published. */
  private final @Nullable RecordPipeline pipeline;

  private final Resource resource;
  private final NamePatterns excluded;
  private final EnvelopeReductionLog reductions;
  private final InstrumentationScopeInfo scope;

  /** The clock; null if there is no pipeline. */
  private final @Nullable EpochNanoClock clock;

  private final Kind kind;
  private final String name;
  private final Function<PointPublisher, P> point;

  private String description = "";
  private String unit = "";
  private Attributes attributes = Attributes.empty();
  private int priority;

  PreparedPointBuilder(
      @Nullable RecordPipeline pipeline,
      Resource resource,
      NamePatterns excluded,
      EnvelopeReductionLog reductions,
      InstrumentationScopeInfo scope,
      @Nullable EpochNanoClock clock,
      Kind kind,
      String name,
      Function<PointPublisher, P> point) {
    if (requireNonNull(name, "name").isEmpty()) {
      throw new IllegalArgumentException("name must not be empty: a metric is told by its name");
    }
    this.pipeline = pipeline;
    this.resource = resource;
    this.excluded = excluded;
    this.reductions = reductions;
    this.scope = scope;
    this.clock = clock;
    this.kind = kind;
    this.name = name;
    this.point = point;
  }

  /**
   * Sets the description of the metric, which is in every record.
   *
   * @param description the description; none by default
   * @return this builder
   */
  public PreparedPointBuilder<P> setDescription(String description) {
    this.description = requireNonNull(description, "description");
    return this;
  }

  /**
   * Sets the unit of the metric.
   *
   * @param unit the unit by UCUM; none by default
   * @return this builder
   */
  public PreparedPointBuilder<P> setUnit(String unit) {
    this.unit = requireNonNull(unit, "unit");
    return this;
  }

  /**
   * Sets the attributes of the point.
   *
   * @param attributes the attributes; none by default
   * @return this builder
   */
  public PreparedPointBuilder<P> setAttributes(Attributes attributes) {
    this.attributes = requireNonNull(attributes, "attributes");
    return this;
  }

  /**
   * Sets the priority of the records, whose meaning the pipeline's back-pressure policy defines.
   *
   * @param priority the priority; default 0
   * @return this builder
   */
  public PreparedPointBuilder<P> setPriority(int priority) {
    this.priority = priority;
    return this;
  }

  /**
   * Encodes the record and returns the point. If the resource, the scope, or name, description and
   * unit take more than their share of a record, they are cut, which is logged once.
   *
   * @return the point
   * @throws IllegalArgumentException if the record is longer than the pipeline's maximum
   */
  public P build() {
    return point.apply(
        pipeline == null || clock == null
            ? new DisabledPublisher(name)
            : publisher(pipeline, clock));
  }

  private PointPublisher publisher(RecordPipeline pipeline, EpochNanoClock clock) {
    PreparedRecord preparedRecord =
        PreparedRecord.encode(
            kind,
            resource,
            scope,
            name,
            description,
            unit,
            attributes,
            EncoderLimits.of(pipeline.maxEventLength(), pipeline.maxRecordLength(), 1),
            excluded,
            reductions::add);
    return new PipelinePublisher(
        pipeline, clock, preparedRecord, RefusedValues.of(pipeline), name, priority);
  }
}
