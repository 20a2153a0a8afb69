// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import org.jspecify.annotations.Nullable;

/**
 * A result that applications or the SDK may wait for. It is a node of the queue of {@link
 * Completions}, so that the consumer hands it over without an allocation.
 */
abstract class Completion {

  /** The one that was submitted before. Of the thread that submits, then of the one that takes. */
  @Nullable Completion next;

  /** Completes the result. May throw whatever the application attached to it throws. */
  abstract void complete();
}
