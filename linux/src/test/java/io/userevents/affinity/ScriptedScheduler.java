// SPDX-License-Identifier: Apache-2.0
package io.userevents.affinity;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Plays the scheduler of a kernel for any machine. Each thread starts with all CPUs that are
 * allowed.
 */
final class ScriptedScheduler implements Syscalls {

  /** Each call in words, in order. */
  final List<String> log = new CopyOnWriteArrayList<>();

  /** How many CPUs the kernel has bits for. */
  int possibleCpus = 8;

  CpuSet allowed = CpuSet.of(0, 1);

  /** If negative, what setting returns. */
  int setError;

  /** If negative, what getting returns. */
  int getError;

  private final ThreadLocal<CpuSet> current = ThreadLocal.withInitial(() -> allowed);

  @Override
  public int schedSetAffinity(int tid, long length, long mask) {
    CpuSet asked = read(Math.min(length, possibleCpus / 8), mask);
    log.add("set " + tid + " " + length + " " + asked);
    if (setError < 0) {
      return setError;
    }
    CpuSet taken = CpuSet.of(asked.stream().filter(allowed::contains).toArray());
    if (taken.isEmpty()) {
      return -Errno.EINVAL.number();
    }
    current.set(taken);
    return 0;
  }

  @Override
  public int schedGetAffinity(int tid, long length, long mask) {
    log.add("get " + tid + " " + length);
    if (getError < 0) {
      return getError;
    }
    if (length * 8 < possibleCpus || length % 8 != 0) {
      return -Errno.EINVAL.number();
    }
    UnsafeBuffer bytes = new UnsafeBuffer(mask, (int) length);
    bytes.setMemory(0, (int) length, (byte) 0);
    current.get().stream()
        .forEach(cpu -> bytes.putByte(cpu / 8, (byte) (bytes.getByte(cpu / 8) | 1 << cpu % 8)));
    return 0;
  }

  @Override
  public int open(String path, int flags) {
    throw new AssertionError("not to be called");
  }

  @Override
  public int close(int fd) {
    throw new AssertionError("not to be called");
  }

  @Override
  public int ioctl(int fd, long request, long argument) {
    throw new AssertionError("not to be called");
  }

  @Override
  public long writev(int fd, long iovecs, int count) {
    throw new AssertionError("not to be called");
  }

  @Override
  public long read(int fd, long address, long length) {
    throw new AssertionError("not to be called");
  }

  @Override
  public int poll(long pollfds, int count, int timeoutMs) {
    throw new AssertionError("not to be called");
  }

  private static CpuSet read(long length, long mask) {
    UnsafeBuffer bytes = new UnsafeBuffer(mask, (int) length);
    return CpuSet.of(
        IntStream.range(0, (int) length * 8)
            .filter(cpu -> (bytes.getByte(cpu / 8) >> cpu % 8 & 1) != 0)
            .toArray());
  }
}
