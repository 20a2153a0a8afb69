// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Syscalls;

/**
 * The descriptors that {@code poll(2)} waits for: {@code struct pollfd}, which is i32 fd, i16
 * events, i16 revents.
 *
 * <p>Not thread-safe.
 */
final class Pollfds {

  /** {@code poll(2)} ignores negative descriptors. */
  static final int IGNORED = -1;

  private static final int LENGTH = 8;
  private static final int EVENTS_OFFSET = 4;
  private static final int REVENTS_OFFSET = 6;
  private static final int ERRORS = Syscalls.POLLERR | Syscalls.POLLHUP | Syscalls.POLLNVAL;

  private final int count;
  private final NativeRegion memory;

  /**
   * @param count at least 1
   */
  Pollfds(int count) {
    this.count = count;
    memory = NativeRegion.allocate(count * LENGTH, Long.BYTES);
    for (int i = 0; i < count; i++) {
      set(i, IGNORED);
    }
  }

  int count() {
    return count;
  }

  long address() {
    return memory.address();
  }

  void set(int index, int fd) {
    memory.buffer().putInt(index * LENGTH, fd);
    memory.buffer().putShort(index * LENGTH + EVENTS_OFFSET, Syscalls.POLLIN);
    memory.buffer().putShort(index * LENGTH + REVENTS_OFFSET, (short) 0);
  }

  boolean isReadable(int index) {
    return (found(index) & Syscalls.POLLIN) != 0;
  }

  boolean hasError(int index) {
    return (found(index) & ERRORS) != 0;
  }

  boolean isIgnored(int index) {
    return memory.buffer().getInt(index * LENGTH) < 0;
  }

  private int found(int index) {
    return memory.buffer().getShort(index * LENGTH + REVENTS_OFFSET);
  }

  /** Clears the results. */
  void clear() {
    for (int i = 0; i < count; i++) {
      memory.buffer().putShort(i * LENGTH + REVENTS_OFFSET, (short) 0);
    }
  }

  void free() {
    memory.free();
  }
}
