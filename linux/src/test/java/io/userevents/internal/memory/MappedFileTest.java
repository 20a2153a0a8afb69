// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Syscalls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {

  private static final int LENGTH = 8192;

  @TempDir private Path folder;

  @Test
  void shouldSeeTheFileAfterItsDescriptorIsClosedAndNothingOnceUnmapped() throws Exception {
    byte[] bytes = new byte[LENGTH];
    bytes[LENGTH - 1] = 7;
    Path file = Files.write(folder.resolve("file"), bytes);
    Syscalls calls = Syscalls.ofThisMachine();
    int fd = calls.open(file.toString(), Syscalls.O_RDONLY);
    long address = calls.mmap(0, LENGTH, Syscalls.PROT_READ, Syscalls.MAP_SHARED, fd, 0);
    assertThat(address).isPositive();

    MappedFile mapped = MappedFile.of(calls, address, LENGTH);
    assertThat(calls.close(fd)).isZero();

    assertThat(mapped.buffer().getByte(LENGTH - 1)).isEqualTo((byte) 7);
    assertThatThrownBy(() -> mapped.buffer().getByte(LENGTH))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(file.toString());

    mapped.unmap();
    mapped.unmap();

    assertThatThrownBy(() -> mapped.buffer().getByte(0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(file.toString());
  }
}
