// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuBuffersTest {

  private static final short POLLERR = 8;
  private static final int WAKEUP_FD = 98;

  private final FakeKernel kernel = new FakeKernel();
  @TempDir private Path folder = Path.of("");
  private TraceInstance instance = instance();

  @BeforeEach
  void createCpus() throws Exception {
    for (String name : List.of("cpu10", "cpu2", "cpu0", "cpuidle")) {
      Files.createDirectories(folder.resolve("per_cpu").resolve(name));
    }
    instance = instance();
  }

  private TraceInstance instance() {
    return new TraceInstance(
        new TracefsFiles(kernel), new InstanceNames.Held(folder, 99), List.of("event"));
  }

  private CpuBuffers open() throws ListenerException {
    return CpuBuffers.open(kernel, Wakeup.open(kernel), instance, 4096);
  }

  @Test
  void shouldOpenTheBuffersOfAllCpus() throws Exception {
    CpuBuffers buffers = open();

    assertThat(buffers.cpus()).containsExactly(0, 2, 10);
    buffers.close();
    buffers.free();
    assertThat(kernel.open).isEmpty();
  }

  @Test
  void shouldCloseWhatItOpenedWhenOneCannotBeOpened() {
    kernel.failingPath = folder.resolve("per_cpu/cpu10/trace_pipe_raw").toString();

    assertThatThrownBy(this::open)
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("path=" + kernel.failingPath)
        .hasMessageContaining("EACCES");
    assertThat(kernel.open).isEmpty();
  }

  @Test
  void shouldTellWhichBuffersAreReadable() throws Exception {
    CpuBuffers buffers = open();
    kernel.found.put(102, Syscalls.POLLIN);

    assertThat(buffers.await(0)).isTrue();
    assertThat(buffers.isReadable(0)).isFalse();
    assertThat(buffers.isReadable(1)).isTrue();
    assertThat(buffers.isReadable(2)).isFalse();
    buffers.free();
  }

  @Test
  void shouldNotWaitForCpuWithoutBufferUntilToldTo() throws Exception {
    CpuBuffers buffers = open();
    kernel.found.put(103, POLLERR);

    assertThat(buffers.await(0)).isTrue();
    assertThat(buffers.isReadable(2)).isFalse();
    assertThat(buffers.await(0)).isFalse();

    buffers.watchAll();
    kernel.found.put(103, Syscalls.POLLIN);
    assertThat(buffers.await(0)).isTrue();
    assertThat(buffers.isReadable(2)).isTrue();
    buffers.free();
  }

  @Test
  void shouldTakeSignalAsNothingReadable() throws Exception {
    CpuBuffers buffers = open();
    kernel.pollResult = -Errno.EINTR.number();
    assertThat(buffers.await(0)).isFalse();

    kernel.pollResult = -Errno.ENOMEM.number();
    assertThatThrownBy(() -> buffers.await(0)).hasMessageContaining("ENOMEM");
    buffers.free();
  }

  @Test
  void shouldForgetAWakeupOnceItHasEndedAWait() throws Exception {
    CpuBuffers buffers = open();
    kernel.found.put(WAKEUP_FD, Syscalls.POLLIN);
    kernel.readResults.add(8L);

    assertThat(buffers.await(0)).isFalse();
    assertThat(kernel.readResults).isEmpty();
    kernel.found.put(102, Syscalls.POLLIN);
    kernel.readResults.add(8L);
    assertThat(buffers.await(0)).isTrue();
    buffers.free();
  }

  @Test
  void shouldReadPagesAndNothing() throws Exception {
    CpuBuffers buffers = open();
    kernel.readResults.addAll(
        List.of(4096L, (long) -Errno.EINTR.number(), 0L, (long) -Errno.EAGAIN.number(), -5L));

    assertThat(buffers.read(0)).isEqualTo(4096);
    assertThat(buffers.read(0)).isEqualTo(CpuBuffers.NOTHING);
    assertThat(buffers.read(0)).isEqualTo(CpuBuffers.NOTHING);
    assertThatThrownBy(() -> buffers.read(0))
        .isInstanceOf(ListenerException.class)
        .hasMessageContaining("EIO");
    buffers.free();
  }

  /** Returns descriptors from 101 on, and the values that a test has set in its fields. */
  private static final class FakeKernel implements Syscalls {
    final List<Integer> open = new ArrayList<>();
    final Map<Integer, Short> found = new HashMap<>();
    final List<Long> readResults = new ArrayList<>();
    String failingPath = "";
    int pollResult;
    private int nextFd = 101;

    @Override
    public int open(String path, int flags) {
      if (path.equals(failingPath)) {
        return -Errno.EACCES.number();
      }
      open.add(nextFd);
      return nextFd++;
    }

    @Override
    public int close(int fd) {
      return open.remove((Integer) fd) ? 0 : -Errno.EBADF.number();
    }

    @Override
    public int poll(long pollfds, int count, int timeoutMs) {
      UnsafeBuffer entries = new UnsafeBuffer(pollfds, count * 8);
      int ready = 0;
      for (int i = 0; i < count; i++) {
        int fd = entries.getInt(i * 8);
        short revents = fd < 0 ? 0 : found.getOrDefault(fd, (short) 0);
        entries.putShort(i * 8 + 6, revents);
        ready += revents == 0 ? 0 : 1;
      }
      return pollResult < 0 ? pollResult : ready;
    }

    @Override
    public long read(int fd, long address, long length) {
      return readResults.remove(0);
    }

    @Override
    public int eventfd(int initial, int flags) {
      return WAKEUP_FD;
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long writev(int fd, long iovecs, int count) {
      throw new UnsupportedOperationException();
    }
  }
}
