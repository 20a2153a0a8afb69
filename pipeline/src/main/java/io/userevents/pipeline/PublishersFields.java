// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts a cache line in front of the fields of {@link Publishers} that publishers read, because
 * threads may write to the memory before them. The JVM lays out a class's fields behind its
 * superclass's.
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

/** Holds the fields that each thread reads in each publish. */
class PublishersFields extends PublishersPadding {

  /**
   * The calling thread's publisher; empty if none was found. Both classes are the JDK's, and the
   * publisher is not kept: a thread that lives on must not keep objects of the pipeline's class
   * loader. Some pools clear the thread-locals of their threads after each task.
   */
  @SuppressWarnings("ThreadLocalUsage") // A thread has a publisher for each pipeline.
  final ThreadLocal<@Nullable WeakReference<Publisher>> current = new ThreadLocal<>();

  /**
   * The first publisher, often the only one, which is found without the thread's map. The field is
   * plain and racy: only the thread that owns the publisher uses it, and that thread reads only
   * final fields and fields that it has written.
   */
  @Nullable Publisher first;
}
