// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.perf.PerfRingLayout;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The perf ring of one CPU: memory to which the kernel adds records, and which this reader frees
 * again.
 *
 * <p>It owns the mapping. The caller of each method, also of {@link #unmap}, holds the reader's
 * lock.
 */
final class PerfRing {

  private final MappedFile memory;
  private final UnsafeBuffer control;
  private final UnsafeBuffer data;
  private long tail;

  /** Takes ownership of a mapping: a control page, then data whose length is a power of two. */
  PerfRing(MappedFile memory, int pageLength) {
    this.memory = memory;
    control = new UnsafeBuffer(memory.buffer(), 0, pageLength);
    data = new UnsafeBuffer(memory.buffer(), pageLength, memory.buffer().capacity() - pageLength);
    tail = control.getLong(PerfRingLayout.TAIL_OFFSET);
  }

  DirectBuffer data() {
    return data;
  }

  /** Returns the end of the kernel's last record. The records up to it can be read (acquire). */
  long head() {
    return control.getLongVolatile(PerfRingLayout.HEAD_OFFSET);
  }

  long tail() {
    return tail;
  }

  boolean isEmpty() {
    return head() == tail;
  }

  /** Allows the kernel to overwrite the records before {@code newTail} (release). */
  void free(long newTail) {
    tail = newTail;
    control.putLongOrdered(PerfRingLayout.TAIL_OFFSET, newTail);
  }

  /** Marks the ring as read to the head, without telling the kernel. */
  void finish() {
    tail = head();
  }

  /** Unmaps the memory. A second call does nothing. */
  void unmap() {
    control.wrap(0L, 0);
    data.wrap(0L, 0);
    memory.unmap();
  }
}
