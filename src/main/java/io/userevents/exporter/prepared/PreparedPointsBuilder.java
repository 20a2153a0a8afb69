// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.pipeline.RecordPipeline;
import org.agrona.concurrent.EpochNanoClock;
import org.jspecify.annotations.Nullable;

/** Configures {@link PreparedPoints}. Not thread-safe. */
public final class PreparedPointsBuilder {

  /** Null if there is none, and then no point is published. */
  private final @Nullable RecordPipeline pipeline;

  private Resource resource = Resource.getDefault();
  private InstrumentationScopeInfo scope = InstrumentationScopeInfo.empty();
  private @Nullable EpochNanoClock clock;

  PreparedPointsBuilder(@Nullable RecordPipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Sets what the points come from. Default: {@link Resource#getDefault()}. */
  public PreparedPointsBuilder setResource(Resource resource) {
    this.resource = requireNonNull(resource, "resource");
    return this;
  }

  /** Sets the name and version of the code that measures. Default: none. */
  public PreparedPointsBuilder setInstrumentationScope(InstrumentationScopeInfo scope) {
    this.scope = requireNonNull(scope, "scope");
    return this;
  }

  /**
   * Sets where the time of points comes from that are published without one. Called on the
   * publishing threads. Default: an {@link org.agrona.concurrent.OffsetEpochNanoClock}, which reads
   * {@link System#nanoTime()} and adjusts itself to the wall clock once an hour.
   */
  public PreparedPointsBuilder setClock(EpochNanoClock clock) {
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** Returns what points are prepared with. */
  public PreparedPoints build() {
    return new PreparedPoints(pipeline, resource, scope, clock);
  }
}
