// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Holds the fields that {@link PipelineAgent} writes, away from the cache lines of other objects.
 * Only the consumer writes them.
 */
class PipelineAgentState extends ConsumerPadding {

  /** The thread of the agent; null until it is started. */
  volatile @Nullable Thread thread;

  boolean isFutile;
}
