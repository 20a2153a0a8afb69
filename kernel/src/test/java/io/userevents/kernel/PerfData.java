// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of {@code perf record} with one tracepoint ({@code
 * tools/perf/Documentation/perf.data-file-format.txt}, Linux 6.12).
 *
 * <pre>
 *   file        "PERFILE2", two u64,
 *               then offset and length (u64 each) of the attributes and of the records
 *   attribute   u32 type, u32 length, u64 config, u64 period, u64 sample type
 *   record      u32 type, u16 misc, u16 length with this header, content
 *   sample      identifier, ip, tid, time, cpu, period (8 bytes each), u32 raw length, entry
 * </pre>
 */
final class PerfData {

  private static final int ATTRIBUTES_OFFSET = 24;
  private static final int RECORDS_OFFSET = 40;
  private static final int SAMPLE_TYPE_OFFSET = 24;
  private static final int RECORD_HEADER_LENGTH = 8;
  private static final int TIME_OFFSET = RECORD_HEADER_LENGTH + 3 * 8;
  private static final int ENTRY_OFFSET = RECORD_HEADER_LENGTH + 6 * 8 + 4;

  /** {@code PERF_TYPE_TRACEPOINT} ({@code perf_event_open(2)}). */
  private static final int TRACEPOINT = 2;

  /** IP, TID, TIME, CPU, PERIOD, RAW and IDENTIFIER ({@code perf_event_open(2)}). */
  private static final long SAMPLE_TYPE = 0x1 | 0x2 | 0x4 | 0x80 | 0x100 | 0x400 | 0x10000;

  private static final int LOST = 2;
  private static final int THROTTLE = 5;
  private static final int SAMPLE = 9;
  private static final int LOST_SAMPLES = 13;

  private PerfData() {}

  /** All samples, those of one CPU in order of time. Fails if samples were lost. */
  static List<TimedEvent> read(Path file) throws IOException {
    return readUnlessLost(file).orElseThrow(() -> new AssertionError("perf has lost samples"));
  }

  /** As {@link #read}; empty if samples were lost. */
  static Optional<List<TimedEvent>> readUnlessLost(Path file) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    byte[] magic = new byte[8];
    data.get(0, magic);
    assertThat(new String(magic, StandardCharsets.US_ASCII)).isEqualTo("PERFILE2");
    int attribute = (int) data.getLong(ATTRIBUTES_OFFSET);
    // A second one is perf's own dummy, which has no samples.
    assertThat(data.getInt(attribute)).as("type of the event").isEqualTo(TRACEPOINT);
    assertThat(data.getLong(attribute + SAMPLE_TYPE_OFFSET)).isEqualTo(SAMPLE_TYPE);
    int position = (int) data.getLong(RECORDS_OFFSET);
    int end = position + (int) data.getLong(RECORDS_OFFSET + 8);
    List<TimedEvent> events = new ArrayList<>();
    while (position < end) {
      int type = data.getInt(position);
      if (type == LOST || type == THROTTLE || type == LOST_SAMPLES) {
        return Optional.empty();
      }
      if (type == SAMPLE) {
        events.add(
            TimedEvent.ofEntry(
                data.getLong(position + TIME_OFFSET), data, position + ENTRY_OFFSET));
      }
      int length = Short.toUnsignedInt(data.getShort(position + 6));
      assertThat(length).as("length of a record").isGreaterThanOrEqualTo(RECORD_HEADER_LENGTH);
      position += length;
    }
    return Optional.of(events);
  }
}
