// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/** Holds what {@link PipelineAgent} writes, off the cache lines of other objects. Consumer's. */
class PipelineAgentState extends ConsumerPadding {

  /** Of the agent; null until it is started. */
  volatile @Nullable Thread thread;

  boolean isFutile;
}
