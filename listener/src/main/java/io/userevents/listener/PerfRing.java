// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.perf.PerfRingLayout;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ring of one CPU: memory that the kernel adds records to, and that this reader frees again.
 *
 * <p>It owns the mapping. Used by the thread that has the reader's lock; {@link #unmap} as well.
 */
final class PerfRing {

  private final MappedFile memory;
  private final UnsafeBuffer control;
  private final UnsafeBuffer data;
  private long tail;

  /** The mapping becomes the ring's: a control page, then data whose length is a power of two. */
  PerfRing(MappedFile memory, int pageLength) {
    this.memory = memory;
    control = new UnsafeBuffer(memory.buffer(), 0, pageLength);
    data = new UnsafeBuffer(memory.buffer(), pageLength, memory.buffer().capacity() - pageLength);
    tail = control.getLong(PerfRingLayout.TAIL_OFFSET);
  }

  DirectBuffer data() {
    return data;
  }

  /** Where the kernel's last record ends; the records up to it can be read (acquire). */
  long head() {
    return control.getLongVolatile(PerfRingLayout.HEAD_OFFSET);
  }

  long tail() {
    return tail;
  }

  boolean isEmpty() {
    return head() == tail;
  }

  /** Lets the kernel write over the records before {@code newTail} (release). */
  void free(long newTail) {
    tail = newTail;
    control.putLongOrdered(PerfRingLayout.TAIL_OFFSET, newTail);
  }

  /** Has it count as read to the head, without a word to the kernel. */
  void finish() {
    tail = head();
  }

  /** Gives the memory back. A second call does nothing. */
  void unmap() {
    control.wrap(0L, 0);
    data.wrap(0L, 0);
    memory.unmap();
  }
}
