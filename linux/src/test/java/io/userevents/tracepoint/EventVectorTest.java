// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventVectorTest {

  private final NativeRegion records = NativeRegion.allocate(64, 8);
  private final EventVector event = new EventVector(3, 20);

  @BeforeEach
  void fill() {
    records.buffer().putBytes(0, "abcdefghijklmnopqrstuvwxyz".getBytes(US_ASCII));
  }

  @AfterEach
  void free() {
    event.free();
    records.free();
  }

  @Test
  void shouldReachTheFileAsOneEventWhenWritten(@TempDir Path folder) throws IOException {
    assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    event.add(records.buffer(), 2, 3);
    event.add(records.buffer(), 10, 1);
    event.add(records.buffer(), 0, 2);

    event.seal(7);
    byte[] written = write(folder);

    assertThat(written)
        .containsExactly(
            7, 0, 0, 0, 0, 0, 0, 0, 'v', '0', '.', '1', '9', '.', '0', '0', 0, 0, 6, 0, 'c', 'd',
            'e', 'k', 'a', 'b');
    assertThat(event.totalLength()).isEqualTo(written.length);
  }

  @Test
  void shouldForgetThePreviousRecordsWhenCleared(@TempDir Path folder) throws IOException {
    assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    event.add(records.buffer(), 0, 9);
    event.add(records.buffer(), 0, 9);
    event.seal(7);

    event.clear();
    event.add(records.buffer(), 25, 1);
    event.seal(8);

    assertThat(write(folder))
        .containsExactly(
            8, 0, 0, 0, 0, 0, 0, 0, 'v', '0', '.', '1', '9', '.', '0', '0', 0, 0, 1, 0, 'z');
  }

  @Test
  void shouldPointAtTheRecordsInsteadOfCopyingThem() {
    event.add(records.buffer(), 5, 1);
    records.buffer().putByte(5, (byte) '!');

    assertThat(content()).isEqualTo("!");
  }

  @Test
  void shouldCopyTheRecordsInOrder() {
    event.add(records.buffer(), 23, 3);
    event.add(records.buffer(), 0, 2);

    assertThat(content()).isEqualTo("xyzab");
  }

  @Test
  void shouldCopyToAnOffset() {
    event.add(records.buffer(), 0, 2);
    byte[] copy = "......".getBytes(US_ASCII);

    event.copyTo(new UnsafeBuffer(copy), 3);

    assertThat(new String(copy, US_ASCII)).isEqualTo("...ab.");
  }

  @Test
  void shouldRefuseToCopyWhereThereIsNoRoom() {
    event.add(records.buffer(), 0, 5);

    assertThatThrownBy(() -> event.copyTo(new UnsafeBuffer(new byte[4]), 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldBeEmptyAtFirst() {
    assertThat(event.records()).isZero();
    assertThat(event.length()).isZero();
    assertThat(event.totalLength()).isEqualTo(20);
    assertThat(event.iovecCount()).isEqualTo(1);
    event.copyTo(new UnsafeBuffer(new byte[0]), 0);
  }

  @Test
  void shouldFitRecordsUpToTheMaximumLength() {
    assertThat(event.fits(20)).isTrue();
    assertThat(event.fits(21)).isFalse();

    event.add(records.buffer(), 0, 15);

    assertThat(event.fits(5)).isTrue();
    assertThat(event.fits(6)).isFalse();
    assertThat(event.fits(Integer.MAX_VALUE)).isFalse();
  }

  @Test
  void shouldFitRecordsUpToTheMaximumCount() {
    event.add(records.buffer(), 0, 1);
    event.add(records.buffer(), 0, 1);
    assertThat(event.fits(1)).isTrue();

    event.add(records.buffer(), 0, 1);

    assertThat(event.fits(1)).isFalse();
  }

  @Test
  void shouldRefuseARecordThatDoesNotFit() {
    event.add(records.buffer(), 0, 15);

    assertThatThrownBy(() -> event.add(records.buffer(), 0, 6))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("recordLength=6")
        .hasMessageContaining("length=15")
        .hasMessageContaining("maxLength=20");
    assertThat(event.length()).isEqualTo(15);
  }

  @ParameterizedTest
  @CsvSource({"60, 5", "64, 1", "-1, 2", "0, -1"})
  void shouldRefuseARecordOutsideItsBuffer(int offset, int length) {
    assertThatThrownBy(() -> event.add(records.buffer(), offset, length))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(event.records()).isZero();
  }

  @Test
  void shouldRefuseARecordOnTheHeap() {
    assertThatThrownBy(() -> event.add(new UnsafeBuffer(new byte[8]), 0, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("off-heap");
    assertThat(event.records()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1024})
  void shouldRefuseACountThatLinuxDoesNotTake(int maxRecords) {
    assertThatThrownBy(() -> new EventVector(maxRecords, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxRecords=" + maxRecords);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void shouldRefuseALengthThatTheFormatCannotExpress(int maxLength) {
    assertThatThrownBy(() -> new EventVector(1, maxLength))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxLength=" + maxLength);
  }

  @Test
  void shouldWriteAsManyRecordsAsLinuxTakes(@TempDir Path folder) throws IOException {
    EventVector longest = new EventVector(1023, EventLayout.MAX_LENGTH_PERF);
    for (int i = 0; i < 1023; i++) {
      longest.add(records.buffer(), 0, 1);
    }
    longest.seal(0);

    assertThat(write(longest, folder)).hasSize(20 + 1023);
    longest.free();
  }

  private String content() {
    byte[] copy = new byte[event.length()];
    event.copyTo(new UnsafeBuffer(copy), 0);
    return new String(copy, US_ASCII);
  }

  private byte[] write(Path folder) throws IOException {
    return write(event, folder);
  }

  private static byte[] write(EventVector vector, Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("event"));
    Syscalls calls = Syscalls.ofThisMachine();
    int fd = calls.open(file.toString(), Syscalls.O_WRONLY);
    assertThat(calls.writev(fd, vector.iovecs(), vector.iovecCount()))
        .isEqualTo(vector.totalLength());
    assertThat(calls.close(fd)).isZero();
    return Files.readAllBytes(file);
  }
}
