// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.memory.NativeRegion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls the machine's kernel, by whatever makes the calls. */
@Timeout(300)
abstract class SyscallsContract {

  /** {@code TCGETS} of {@code asm-generic/ioctls.h}: only terminals know it. */
  private static final long TERMINAL_GET = 0x5401;

  private static final int UNUSED_FD = 1_000_000;
  private static final int IOVECS = 64;

  private final Syscalls calls;
  private final NativeRegion memory = NativeRegion.allocate(128, 64);

  @TempDir private Path folder;

  SyscallsContract(Syscalls calls) {
    this.calls = calls;
  }

  @AfterEach
  void free() {
    memory.free();
  }

  @Test
  void shouldKnowTheLengthOfAPage() {
    // Linux has pages of 4 KiB to 64 KiB on 64-bit processors.
    assertThat(calls.getpagesize()).isIn(4096, 16_384, 65_536);
  }

  @Test
  void shouldReturnNegatedEnoentWhenAMissingFileIsOpened() {
    assertThat(calls.open(folder.resolve("missing").toString(), Syscalls.O_RDONLY)).isEqualTo(-2);
  }

  @Test
  void shouldOpenAFileWithASpaceInItsName() throws IOException {
    Path file = Files.createFile(folder.resolve("a b"));

    int fd = calls.open(file.toString(), Syscalls.O_RDONLY | Syscalls.O_CLOEXEC);

    assertThat(fd).isNotNegative();
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldCloseADescriptorOnExecWhenAskedTo() throws IOException {
    int fd = calls.open("/dev/null", Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);

    // proc(5): the flags are octal, and O_CLOEXEC is among them.
    String flags =
        Files.readAllLines(Path.of("/proc/self/fdinfo", Integer.toString(fd))).stream()
            .filter(line -> line.startsWith("flags:"))
            .map(line -> line.substring("flags:".length()).strip())
            .findFirst()
            .orElseThrow();

    assertThat(Long.parseLong(flags, 8) & Syscalls.O_CLOEXEC).isEqualTo(Syscalls.O_CLOEXEC);
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldMapAndUnmapMemory() {
    long mapped =
        calls.mmap(
            0,
            10_000,
            Syscalls.PROT_READ | Syscalls.PROT_WRITE,
            Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS | Syscalls.MAP_NORESERVE,
            -1,
            0);

    assertThat(mapped).isPositive();
    assertThat(mapped % 4096).isZero();
    UnsafeBuffer view = new UnsafeBuffer(mapped, 10_000);
    assertThat(view.getLong(9_992)).isZero();
    view.putLong(9_992, 7);
    assertThat(view.getLong(9_992)).isEqualTo(7);
    assertThat(calls.munmap(mapped, 10_000)).isZero();
  }

  @Test
  void shouldReturnNegatedErrnoWhenMappingFails() {
    int flags = Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS;

    assertThat(calls.mmap(0, 0, Syscalls.PROT_READ, flags, -1, 0)).isEqualTo(-22);
    assertThat(calls.mmap(0, Long.MAX_VALUE, Syscalls.PROT_READ, flags, -1, 0)).isEqualTo(-12);
    assertThat(calls.mmap(0, 4096, Syscalls.PROT_READ, Syscalls.MAP_PRIVATE, UNUSED_FD, 0))
        .isEqualTo(-9);
    assertThat(calls.munmap(1, 4096)).isEqualTo(-22);
  }

  @Test
  void shouldReturnNegatedEbadfWhenAClosedDescriptorIsClosed() {
    assertThat(calls.close(UNUSED_FD)).isEqualTo(-9);
  }

  @Test
  void shouldReturnNegatedEnottyWhenAFileDoesNotKnowTheRequest() {
    int fd = calls.open("/dev/null", Syscalls.O_WRONLY);

    assertThat(calls.ioctl(fd, TERMINAL_GET, memory.address())).isEqualTo(-25);
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldWriteThePiecesOfAnIovecArrayInOrder() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    int fd = calls.open(file.toString(), Syscalls.O_WRONLY);
    memory.buffer().putBytes(0, "world, hello ".getBytes(US_ASCII));
    putIovec(0, 7, 6);
    putIovec(1, 0, 5);

    long written = calls.writev(fd, memory.address() + IOVECS, 2);

    assertThat(written).isEqualTo(11);
    assertThat(file).hasContent("hello world");
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldReturnNegatedErrnoWhenAWriteFails() {
    putIovec(0, 0, 5);
    int readOnly = calls.open("/dev/null", Syscalls.O_RDONLY);

    assertThat(calls.writev(readOnly, memory.address() + IOVECS, 1)).isEqualTo(-9);
    assertThat(calls.writev(UNUSED_FD, memory.address() + IOVECS, 1)).isEqualTo(-9);
    assertThat(calls.close(readOnly)).isZero();
  }

  @Test
  void shouldReturnNegatedEinvalWhenTheIovecCountIsNegative() {
    int fd = calls.open("/dev/null", Syscalls.O_WRONLY);

    assertThat(calls.writev(fd, memory.address() + IOVECS, -1)).isEqualTo(-22);
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldReadUpToTheEnd() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "abc");
    int fd = calls.open(file.toString(), Syscalls.O_RDONLY);

    assertThat(calls.read(fd, memory.address(), 10)).isEqualTo(3);
    assertThat(memory.buffer().getStringWithoutLengthAscii(0, 3)).isEqualTo("abc");
    assertThat(calls.read(fd, memory.address(), 10)).isZero();
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldReturnNegatedErrnoWhenAReadFails() {
    assertThat(calls.read(UNUSED_FD, memory.address(), 1)).isEqualTo(-9);
  }

  @Test
  void shouldReturnNegatedEagainWhenANonBlockingReadFindsNothing() throws Exception {
    Path fifo = fifo();
    int fd = calls.open(fifo.toString(), Syscalls.O_RDONLY | Syscalls.O_NONBLOCK);

    try (OutputStream writer = Files.newOutputStream(fifo)) {
      writer.write(7);
      assertThat(calls.read(fd, memory.address(), 1)).isEqualTo(1);
      assertThat(calls.read(fd, memory.address(), 1)).isEqualTo(-11);
    }
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldPollInVainUntilTheTimeout() throws Exception {
    int fd = calls.open(fifo().toString(), Syscalls.O_RDONLY | Syscalls.O_NONBLOCK);
    putPollfd(fd);
    long startNs = System.nanoTime();

    int ready = calls.poll(memory.address(), 1, 30);

    assertThat(ready).isZero();
    assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldPollTheDescriptorThatHasSomethingToRead() throws Exception {
    Path fifo = fifo();
    int fd = calls.open(fifo.toString(), Syscalls.O_RDONLY | Syscalls.O_NONBLOCK);
    putPollfd(fd);

    try (OutputStream writer = Files.newOutputStream(fifo)) {
      writer.write(7);
      assertThat(calls.poll(memory.address(), 1, 10_000)).isEqualTo(1);
    }

    assertThat(memory.buffer().getShort(6)).isEqualTo(Syscalls.POLLIN);
    assertThat(calls.read(fd, memory.address(), 2)).isEqualTo(1);
    assertThat(memory.buffer().getByte(0)).isEqualTo((byte) 7);
    assertThat(calls.close(fd)).isZero();
  }

  @Test
  void shouldReturnNegatedEfaultWhenThePollfdsAreNotMemory() {
    assertThat(calls.poll(8, 1, 0)).isEqualTo(-14);
  }

  @Test
  void shouldMakeAndRemoveAFolder() {
    String path = folder.resolve("a b").toString();

    assertThat(calls.mkdir(path, 0700)).isZero();
    assertThat(Path.of(path)).isEmptyDirectory();
    assertThat(calls.mkdir(path, 0700)).isEqualTo(-17);
    assertThat(calls.rmdir(path)).isZero();
    assertThat(calls.rmdir(path)).isEqualTo(-2);
  }

  @Test
  void shouldReturnNegatedEnotemptyWhenAFullFolderIsRemoved() throws IOException {
    Files.createFile(folder.resolve("file"));

    assertThat(calls.rmdir(folder.toString())).isEqualTo(-39);
  }

  @Test
  void shouldWakeAPollThroughAnEventCounter() {
    int fd = calls.eventfd(0, Syscalls.O_CLOEXEC | Syscalls.O_NONBLOCK);
    assertThat(fd).isNotNegative();
    putPollfd(fd);
    assertThat(calls.poll(memory.address(), 1, 0)).isZero();
    memory.buffer().putLong(8, 3);

    assertThat(calls.write(fd, memory.address() + 8, 8)).isEqualTo(8);
    assertThat(calls.write(fd, memory.address() + 8, 8)).isEqualTo(8);

    assertThat(calls.poll(memory.address(), 1, 10_000)).isEqualTo(1);
    assertThat(calls.read(fd, memory.address() + 16, 8)).isEqualTo(8);
    assertThat(memory.buffer().getLong(16)).isEqualTo(6);
    assertThat(calls.read(fd, memory.address() + 16, 8)).isEqualTo(-11);
    assertThat(calls.close(fd)).isZero();
    assertThat(calls.write(UNUSED_FD, memory.address(), 8)).isEqualTo(-9);
  }

  /** With a length that no kernel takes, so that the answer is the same for every user. */
  @Test
  void shouldReachThePerfCallOfTheKernel() {
    memory.buffer().putInt(4, 1);

    int result = calls.perfEventOpen(memory.address(), -1, 0, -1, Syscalls.PERF_FLAG_FD_CLOEXEC);

    // E2BIG; where perf is switched off by the kernel or a filter, ENOSYS, EACCES or EPERM.
    assertThat(result).isIn(-7, -38, -13, -1);
  }

  @Test
  void shouldKeepTheErrorsOfThreadsApart() {
    IntStream.range(0, 4)
        .parallel()
        .forEach(
            thread -> {
              for (int i = 0; i < 10_000; i++) {
                if (thread % 2 == 0) {
                  assertThat(calls.close(UNUSED_FD)).isEqualTo(-9);
                } else {
                  assertThat(calls.munmap(1, 4096)).isEqualTo(-22);
                }
              }
            });
  }

  private Path fifo() throws IOException, InterruptedException {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    return fifo;
  }

  private void putIovec(int index, int offset, long length) {
    memory.buffer().putLong(IOVECS + 16 * index, memory.address() + offset);
    memory.buffer().putLong(IOVECS + 16 * index + 8, length);
  }

  private void putPollfd(int fd) {
    memory.buffer().putInt(0, fd);
    memory.buffer().putShort(4, Syscalls.POLLIN);
    memory.buffer().putShort(6, (short) 0);
  }
}
