// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Identifies a thread as the key of a map. It is equal to the key of the same thread and to no
 * other. A subclass of {@link Thread} may say that its threads are equal, and may give several the
 * same id.
 */
class ThreadIdentity {

  private final Thread thread;

  ThreadIdentity(Thread thread) {
    this.thread = thread;
  }

  final Thread thread() {
    return thread;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof ThreadIdentity identity && identity.thread == thread;
  }

  @Override
  public final int hashCode() {
    return System.identityHashCode(thread);
  }
}
