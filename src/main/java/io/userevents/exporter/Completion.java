// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import org.jspecify.annotations.Nullable;

/**
 * A result that applications or the SDK may wait for. It is a node of the queue of {@link
 * Completions}, so that the consumer hands it over without an allocation.
 */
abstract class Completion {

  /**
   * The completion that was submitted before. The thread that submits uses it, then the one that
   * takes.
   */
  @Nullable Completion next;

  /**
   * Completes the result. It may throw an exception of code that the application attached to the
   * result.
   */
  abstract void complete();
}
