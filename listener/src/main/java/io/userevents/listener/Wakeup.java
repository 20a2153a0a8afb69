// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * Ends a wait in poll(2) from any thread, through a descriptor that becomes readable ({@code
 * eventfd(2)}).
 *
 * <p>This class is a selector in type only and has no channels. When a thread between {@link
 * #begin()} and {@link #end()} is interrupted, the JDK calls {@link #wakeup()} of its selector.
 * There is no other way to learn of an interrupt while the thread is in a system call.
 */
final class Wakeup extends AbstractSelector {

  private static final int CLOSED_FD = -1;
  private static final int ONE_OFFSET = 0;
  private static final int COUNT_OFFSET = Long.BYTES;

  private final Syscalls syscalls;
  private final NativeRegion memory;

  /** Guarded by this object, so that no thread writes to a closed descriptor. */
  private int fd;

  private Wakeup(Syscalls syscalls, NativeRegion memory, int fd) {
    super(SelectorProvider.provider());
    this.syscalls = syscalls;
    this.memory = memory;
    this.fd = fd;
    memory.buffer().putLong(ONE_OFFSET, 1);
  }

  static Wakeup open(Syscalls syscalls) throws ListenerException {
    NativeRegion memory = NativeRegion.allocate(2 * Long.BYTES, Long.BYTES);
    int fd = syscalls.eventfd(0, Syscalls.O_CLOEXEC | Syscalls.O_NONBLOCK);
    if (fd < 0) {
      memory.free();
      throw ListenerException.ofErrno(
          "eventfd",
          "eventfd",
          -fd,
          Errno.EMFILE.is(fd) || Errno.ENFILE.is(fd)
              ? "raise the limit of open files (ulimit -n)"
              : "see eventfd(2)",
          null);
    }
    return new Wakeup(syscalls, memory, fd);
  }

  /** Returns the descriptor to wait for, or -1 once it is closed. */
  synchronized int fd() {
    return fd;
  }

  /** Ends the current wait or, without one, the next. */
  @Override
  public Selector wakeup() {
    synchronized (this) {
      if (fd != CLOSED_FD) {
        // It fails only after 2^64 signals (EAGAIN), and the descriptor is readable then as well.
        long unused = syscalls.write(fd, memory.address() + ONE_OFFSET, Long.BYTES);
      }
    }
    return this;
  }

  /**
   * Begins a section, up to {@link #leave}, in which an interrupt of this thread causes a {@link
   * #wakeup()}.
   */
  void enter() {
    begin();
  }

  void leave() {
    end();
  }

  /** Clears all signals so far. */
  synchronized void reset() {
    if (fd != CLOSED_FD) {
      // EAGAIN: there was none.
      long unused = syscalls.read(fd, memory.address() + COUNT_OFFSET, Long.BYTES);
    }
  }

  /** Closes the descriptor. A second call and a later signal do nothing. */
  void release() {
    synchronized (this) {
      int open = fd;
      fd = CLOSED_FD;
      if (open != CLOSED_FD) {
        syscalls.close(open);
        memory.free();
      }
    }
  }

  /** Not used: this object is never closed as a selector. */
  @Override
  protected void implCloseSelector() {
    release();
  }

  @Override
  public Set<SelectionKey> keys() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int selectNow() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int select(long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int select() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected SelectionKey register(AbstractSelectableChannel ch, int ops, Object att) {
    throw new UnsupportedOperationException();
  }
}
