// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts a cache line in front of the fields of {@link Publishers} that publishers read, as what lies
 * before it in memory may be written to. The JVM lays out a class's fields behind its superclass's.
 */
@SuppressWarnings("UnusedVariable")
class PublishersPadding {

  /** Fills the gap behind the header, in which the JVM would put a field of a subclass. */
  private int p0;

  private long p1;
  private long p2;
  private long p3;
  private long p4;
  private long p5;
  private long p6;
  private long p7;
  private long p8;
}

/** Holds the fields that each thread reads each time that it publishes. */
class PublishersFields extends PublishersPadding {

  /**
   * The calling thread's publisher; empty if none was found. Both classes are the JDK's, and the
   * publisher is not kept: a thread that lives on must not keep what the pipeline's class loader
   * has loaded. Some pools clear the thread-locals of their threads after each task.
   */
  @SuppressWarnings("ThreadLocalUsage") // A thread has a publisher for each pipeline.
  final ThreadLocal<@Nullable WeakReference<Publisher>> current = new ThreadLocal<>();

  /**
   * Often the only one, found without a walk through the thread's map. Plain and racy: it is used
   * only by the thread that it belongs to, and what that one reads of it is final or its own.
   */
  @Nullable Publisher first;
}
