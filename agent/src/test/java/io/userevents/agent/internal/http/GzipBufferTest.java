// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipBufferTest {

  private final GzipBuffer buffer = new GzipBuffer();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 65_509, 65_510, 65_536, 100_000, 1 << 20, 3_000_000})
  void shouldCompressBytesThatDoNotShrink(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);

    int count = buffer.compress(bytes, 0, length);

    assertThat(decompress(count)).isEqualTo(bytes);
  }

  @Test
  void shouldCompressAPartOfAnArray() throws IOException {
    byte[] bytes = new byte[1000];
    Arrays.fill(bytes, 100, 900, (byte) 7);

    int count = buffer.compress(bytes, 50, 200);

    assertThat(count).isLessThan(100);
    assertThat(decompress(count)).isEqualTo(Arrays.copyOfRange(bytes, 50, 250));
  }

  @Test
  void shouldKeepItsArrayUntilItIsLeft() throws IOException {
    byte[] first = new byte[200_000];
    new Random(1).nextBytes(first);
    int count = buffer.compress(first, 0, first.length);
    byte[] array = buffer.bytes();

    buffer.compress(first, 0, first.length);
    assertThat(buffer.bytes()).isSameAs(array);

    buffer.leaveBytes();
    byte[] copy = array.clone();
    byte[] second = new byte[100];
    int secondCount = buffer.compress(second, 0, second.length);
    assertThat(array).isEqualTo(copy);
    assertThat(count).isGreaterThan(secondCount);
    assertThat(decompress(secondCount)).isEqualTo(second);
  }

  private byte[] decompress(int count) throws IOException {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(buffer.bytes(), 0, count))) {
      return in.readAllBytes();
    }
  }
}
