// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * A key of a map that identifies a thread. It is equal only to the key of the same thread. A thread
 * itself cannot be the key: a subclass of {@link Thread} may define that its threads are equal, and
 * may give the same id to several.
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
