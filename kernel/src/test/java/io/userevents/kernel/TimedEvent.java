// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * One event as a reader found it: the time at which it was written, by CLOCK_MONOTONIC, and its
 * buffer.
 *
 * <p>Both perf and ftrace hand out the event as the kernel's entry: common fields (8 bytes),
 * protocol (4), version (8), rel_loc (4), buffer.
 */
final class TimedEvent {

  private static final int PROTOCOL_OFFSET = 8;
  private static final int VERSION_OFFSET = PROTOCOL_OFFSET + 4;
  private static final int REL_LOC_OFFSET = VERSION_OFFSET + 8;
  private static final int BUFFER_OFFSET = REL_LOC_OFFSET + 4;

  private final long timestampNs;
  private final byte[] buffer;

  private TimedEvent(long timestampNs, byte[] buffer) {
    this.timestampNs = timestampNs;
    this.buffer = buffer;
  }

  /** Takes the event out of the entry that begins at {@code offset}. */
  static TimedEvent ofEntry(long timestampNs, ByteBuffer bytes, int offset) {
    assertThat(bytes.getInt(offset + PROTOCOL_OFFSET)).as("protocol").isZero();
    byte[] version = new byte[8];
    bytes.get(offset + VERSION_OFFSET, version);
    assertThat(new String(version, StandardCharsets.US_ASCII)).isEqualTo("v0.19.00");
    byte[] buffer = new byte[bytes.getInt(offset + REL_LOC_OFFSET) >>> 16];
    bytes.get(offset + BUFFER_OFFSET, buffer);
    return new TimedEvent(timestampNs, buffer);
  }

  long timestampNs() {
    return timestampNs;
  }

  /** Returns the buffers in order of time. The events of one CPU must already be in order. */
  static List<byte[]> inOrder(List<TimedEvent> events) {
    return events.stream()
        .sorted(Comparator.comparingLong((TimedEvent event) -> event.timestampNs))
        .map(event -> event.buffer)
        .toList();
  }
}
