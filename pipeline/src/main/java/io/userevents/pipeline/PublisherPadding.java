// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * Separates the fields of {@link Publisher} from those of its superclasses by a cache line that no
 * thread writes to. The JVM lays out the fields of a class behind those of its superclass.
 */
@SuppressWarnings("UnusedVariable")
class PublisherPadding extends PublisherLink {

  /** Fills the gap behind the link, in which the JVM would put a field that each record changes. */
  private int p0;

  private long p1;
  private long p2;
  private long p3;
  private long p4;
  private long p5;
  private long p6;
  private long p7;

  PublisherPadding(Thread thread) {
    super(thread);
  }
}

/**
 * Holds the link that the walk of another thread writes to, ahead of the fields that the owner
 * writes.
 */
class PublisherLink extends ThreadIdentity {

  /** The next publisher in a list of {@link PublisherWalk}. */
  @Nullable Publisher next;

  PublisherLink(Thread thread) {
    super(thread);
  }
}
