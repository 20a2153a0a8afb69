// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.NamePatterns;
import io.userevents.pipeline.RecordPipeline;
import java.util.Collection;
import org.agrona.concurrent.EpochNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * A builder of {@link PreparedPoints}. It is not thread-safe.
 *
 * @since 0.1.0
 */
public final class PreparedPointsBuilder {

  /** The pipeline; null if there is none, and then no point is published. */
  private final @Nullable RecordPipeline pipeline;

  private Resource resource = Resource.getDefault();
  private InstrumentationScopeInfo scope = InstrumentationScopeInfo.empty();
  private NamePatterns excludedResourceAttributes = NamePatterns.COMMAND_LINE;
  private @Nullable EpochNanoClock clock;

  PreparedPointsBuilder(@Nullable RecordPipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Sets the resource of the points.
   *
   * @param resource the resource; default {@link Resource#getDefault()}
   * @return this builder
   */
  public PreparedPointsBuilder setResource(Resource resource) {
    this.resource = requireNonNull(resource, "resource");
    return this;
  }

  /**
   * Sets which attributes of the resource are left out of all records.
   *
   * @param patterns names of attributes, in which {@code *} stands for any characters and {@code ?}
   *     for one. The default is {@code process.command_args} and {@code process.command_line};
   *     points of an exporter use the exporter's setting. An empty collection excludes nothing
   * @return this builder
   * @throws IllegalArgumentException if a pattern is blank
   */
  public PreparedPointsBuilder setExcludedResourceAttributes(Collection<String> patterns) {
    excludedResourceAttributes = NamePatterns.of(requireNonNull(patterns, "patterns"));
    return this;
  }

  /**
   * Sets the instrumentation scope, which is the name and version of the code that measures.
   *
   * @param scope the scope; none by default
   * @return this builder
   */
  public PreparedPointsBuilder setInstrumentationScope(InstrumentationScopeInfo scope) {
    this.scope = requireNonNull(scope, "scope");
    return this;
  }

  /**
   * Sets the clock for points that are published without a time. The publishing threads call it.
   *
   * @param clock the clock; the default is an {@link org.agrona.concurrent.OffsetEpochNanoClock},
   *     which reads {@link System#nanoTime()} and adjusts itself to the wall clock once an hour
   * @return this builder
   */
  public PreparedPointsBuilder setClock(EpochNanoClock clock) {
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** {@return the object that prepares points} */
  public PreparedPoints build() {
    return new PreparedPoints(pipeline, resource, excludedResourceAttributes, scope, clock);
  }
}
