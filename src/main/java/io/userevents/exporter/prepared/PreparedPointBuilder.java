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
 * Describes one point. Not thread-safe.
 *
 * @param <P> what it becomes, {@link PreparedLongPoint} or {@link PreparedDoublePoint}
 */
public final class PreparedPointBuilder<P> {

  /** Null if there is none, and then no point is published. */
  private final @Nullable RecordPipeline pipeline;

  private final Resource resource;
  private final NamePatterns excluded;
  private final EnvelopeReductionLog reductions;
  private final InstrumentationScopeInfo scope;

  /** Null if there is no pipeline. */
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

  /** Sets the description of the metric. It is in every record. Default: none. */
  public PreparedPointBuilder<P> setDescription(String description) {
    this.description = requireNonNull(description, "description");
    return this;
  }

  /** Sets the unit of the metric, by UCUM. Default: none. */
  public PreparedPointBuilder<P> setUnit(String unit) {
    this.unit = requireNonNull(unit, "unit");
    return this;
  }

  /** Sets the attributes of the point. Default: none. */
  public PreparedPointBuilder<P> setAttributes(Attributes attributes) {
    this.attributes = requireNonNull(attributes, "attributes");
    return this;
  }

  /** Sets what the pipeline's back-pressure policy is told of the records. Default: 0. */
  public PreparedPointBuilder<P> setPriority(int priority) {
    this.priority = priority;
    return this;
  }

  /**
   * Encodes the record. If resource, scope, or name, description and unit take more than their
   * share of a record, they are cut, which the log says once.
   *
   * @throws IllegalArgumentException if it is longer than the pipeline takes
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
