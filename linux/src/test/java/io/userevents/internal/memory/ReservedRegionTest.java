// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class ReservedRegionTest {

  private static final int LENGTH = 64 << 20;

  @Test
  void shouldTakeNoMemoryForPagesThatAreNotUsed() throws Exception {
    NativeRegion region = NativeRegion.reserve(LENGTH, 4096);

    assertThat(ResidentPages.isMapped(region.address() + LENGTH - 1)).isTrue();
    assertThat(ResidentPages.count(region.address(), LENGTH)).isZero();
    region.buffer().putByte(LENGTH / 2, (byte) 1);
    assertThat(ResidentPages.count(region.address(), LENGTH)).isPositive();
    region.free();
  }

  @Test
  void shouldBeZeroedAlignedAndBounded() throws Exception {
    NativeRegion region = NativeRegion.reserve(5000, 4096);
    byte[] content = new byte[5000];

    region.buffer().getBytes(0, content);

    assertThat(content).containsOnly(0);
    assertThat(region.address() % 4096).isZero();
    assertThat(region.length()).isEqualTo(5000);
    assertThatThrownBy(() -> region.buffer().putByte(5000, (byte) 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    region.free();
  }

  @Test
  void shouldUnmapTheMemoryOnceWhenItIsFreed() throws Exception {
    NativeRegion region = NativeRegion.reserve(LENGTH, 4096);
    long address = region.address();

    region.free();
    assertThat(ResidentPages.isMapped(address + LENGTH / 2)).isFalse();
    region.free();

    assertThatThrownBy(() -> region.buffer().putByte(0, (byte) 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(region::address).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldUnmapWhatNobodyCanReachWithTheNextReservation() throws Exception {
    Recorder calls = new Recorder(0x7000_0000L);
    WeakReference<NativeRegion> forgotten =
        new WeakReference<>(NativeRegion.reserve(100, 8, () -> calls));

    // The collector tells about it some time after it has cleared the weak reference.
    while (calls.unmapped.get() == 0) {
      System.gc();
      NativeRegion.reserve(100, 8).free();
      Thread.sleep(1);
    }

    assertThat(forgotten.get()).isNull();
    assertThat(calls.unmapped).hasValue(1);
  }

  @Test
  void shouldUnmapWhatCannotBeUsedForWantOfMemory() {
    Recorder calls = new Recorder(0x7000_0000L);

    assertThatThrownBy(
            () ->
                NativeRegion.reserve(
                    100,
                    8,
                    () -> calls,
                    address -> {
                      throw new OutOfMemoryError("no heap");
                    }))
        .isInstanceOf(MemoryException.class)
        .hasMessageContaining("no heap");

    assertThat(calls.unmapped).hasValue(1);
  }

  @Test
  void shouldAskForNoHugePagesAndDoWithoutThatAdvice() throws Exception {
    Recorder calls = new Recorder(0x7000_0000L);

    NativeRegion region = NativeRegion.reserve(100, 8, () -> calls);

    assertThat(calls.advised).containsExactly("0x70000000 100 15");
    assertThat(region.address()).isEqualTo(0x7000_0000L);
    region.free();
    assertThat(calls.unmapped).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"ENOMEM", "EPERM", "EAGAIN"})
  void shouldSayHowMuchTheKernelHasRefused(Errno errno) {
    assertThatThrownBy(
            () -> NativeRegion.reserve(4_259_840, 4096, () -> new Recorder(-errno.number())))
        .isInstanceOf(MemoryException.class)
        .hasMessageContaining("bytes=4259840")
        .hasMessageContaining(errno.name())
        .hasMessageContaining("ulimit -v");
  }

  @Test
  void shouldTakeTheJvmsMemoryWhereTheCallIsNotAvailable() throws Exception {
    NativeRegion region = NativeRegion.reserve(100, 64, () -> new Recorder(-Errno.ENOSYS.number()));

    region.buffer().putLong(92, 1);

    assertThat(region.address() % 64).isZero();
    region.free();
  }

  @Test
  void shouldTakeTheJvmsMemoryWhereThereAreNoSystemCalls() throws Exception {
    NativeRegion region =
        NativeRegion.reserve(
            100,
            64,
            () -> {
              throw new UnsupportedOperationException("another platform");
            });

    region.buffer().putLong(92, 1);

    assertThat(region.length()).isEqualTo(100);
    region.free();
  }

  @ParameterizedTest
  @CsvSource({"0, 8, length=0", "8, 3, alignment=3", "8, 8192, alignment=8192"})
  void shouldRefuseSizesOutOfRange(int length, int alignment, String found) {
    assertThatThrownBy(() -> NativeRegion.reserve(length, alignment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(found);
  }

  /** Maps nothing: an access to what it returns would end the process. */
  private static final class Recorder implements Syscalls {
    private final long result;
    final AtomicInteger unmapped = new AtomicInteger();

    final List<String> advised = new ArrayList<>();

    Recorder(long result) {
      this.result = result;
    }

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
      return result;
    }

    /** As on a kernel without huge pages ({@code madvise(2)}). */
    @Override
    public int madvise(long address, long length, int advice) {
      advised.add("0x" + Long.toHexString(address) + " " + length + " " + advice);
      return -Errno.EINVAL.number();
    }

    @Override
    public int munmap(long address, long length) {
      return unmapped.incrementAndGet();
    }

    @Override
    public int open(String path, int flags) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int close(int fd) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long writev(int fd, long iovecs, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(int fd, long address, long length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int poll(long pollfds, int count, int timeoutMs) {
      throw new UnsupportedOperationException();
    }
  }
}
