// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The machine's calls, but for {@code ioctl} and the write that asks whether somebody records: it
 * registers and unregisters whatever it is asked to, and a listener is attached and records as long
 * as it is registered. No call allocates anything on the heap. One consumer's thread makes the
 * calls; any thread may ask what is open and registered.
 */
public final class RegisteringSyscalls implements Syscalls {

  private static final int ENABLE_ADDRESS_OFFSET = 8;

  /** The length of the shorter of the two structs. */
  private static final int STRUCT_LENGTH = 16;

  /** The index and the fields before the buffer of an event. */
  private static final int PREFIX_LENGTH = 20;

  private final Syscalls real = Syscalls.ofThisMachine();
  private final UnsafeBuffer struct = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer word = new UnsafeBuffer(0, 0);
  private final AtomicInteger descriptors = new AtomicInteger();
  private final AtomicInteger registrations = new AtomicInteger();

  /** Returns a tracepoint that makes these calls and writes to a file in the folder. */
  public KernelTracepoint tracepoint(String eventName, Path tracefs) {
    return new KernelTracepoint(eventName, tracefs, () -> this);
  }

  /** Returns how many descriptors are open. */
  public int descriptors() {
    return descriptors.get();
  }

  /** Returns how many enable words are registered. */
  public int registrations() {
    return registrations.get();
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    struct.wrap(argument, STRUCT_LENGTH);
    if (struct.getInt(0) == 0) {
      return -Errno.EINVAL.number();
    }
    boolean isRegistration = request == RegistrationLayout.REGISTER;
    // Both structs have the word's address at the same place.
    word.wrap(struct.getLong(ENABLE_ADDRESS_OFFSET), EnableWord.LENGTH);
    word.putIntVolatile(0, isRegistration ? 1 << EnableWord.BIT : 0);
    registrations.addAndGet(isRegistration ? 1 : -1);
    return 0;
  }

  @Override
  public String facility() {
    return real.facility();
  }

  @Override
  public int open(String path, int flags) {
    int result = real.open(path, flags);
    if (result >= 0) {
      descriptors.incrementAndGet();
    }
    return result;
  }

  @Override
  public int close(int fd) {
    int result = real.close(fd);
    if (result >= 0) {
      descriptors.decrementAndGet();
    }
    return result;
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    return isProbe(iovecs, count) ? -Errno.EFAULT.number() : real.writev(fd, iovecs, count);
  }

  /**
   * Whether the event's buffer ends beyond the event, which the kernel refuses if somebody records.
   */
  private boolean isProbe(long iovecs, int count) {
    struct.wrap(iovecs, STRUCT_LENGTH);
    if (count != 1 || struct.getLong(Long.BYTES) < PREFIX_LENGTH) {
      return false;
    }
    struct.wrap(struct.getLong(0), PREFIX_LENGTH);
    return struct.getInt(PREFIX_LENGTH - Integer.BYTES) >>> Short.SIZE > 0;
  }

  @Override
  public long read(int fd, long address, long length) {
    throw new AssertionError("a writer never reads");
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    throw new AssertionError("a writer never polls");
  }
}
