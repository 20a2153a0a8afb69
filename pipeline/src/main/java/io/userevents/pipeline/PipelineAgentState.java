// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Holds what {@link PipelineAgent} writes, off the cache lines of other objects. Consumer's. */
class PipelineAgentState extends ConsumerPadding {

  boolean isFutile;
}
