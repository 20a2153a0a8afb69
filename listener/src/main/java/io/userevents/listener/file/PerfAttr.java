// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.internal.perf.PerfAttributes;
import org.agrona.DirectBuffer;

/**
 * The parts of a {@code struct perf_event_attr} in a file that determine the positions of the
 * fields in its records ({@code include/uapi/linux/perf_event.h}, Linux 6.12).
 *
 * @param type kind of the event
 * @param config for a tracepoint, its number
 * @param sampleType which fields a sample has
 * @param readFormat which numbers the counter values in a sample include
 * @param clock the requested clock, or {@link #OWN_CLOCK}
 */
record PerfAttr(int type, long config, long sampleType, long readFormat, int clock) {

  /** The length of the first version. All later versions begin with the same fields. */
  static final int MIN_LENGTH = 64;

  /** perf's own clock, which no process can read. */
  static final int OWN_CLOCK = -1;

  private static final int SIZE_OFFSET = 4;
  private static final int CONFIG_OFFSET = 8;
  private static final int SAMPLE_TYPE_OFFSET = 24;
  private static final int READ_FORMAT_OFFSET = 32;
  private static final int FLAGS_OFFSET = 40;
  private static final int CLOCK_OFFSET = 92;
  private static final long USE_CLOCK_ID = 1 << 25;

  /** Returns the length that the attributes at this place state. */
  static int length(DirectBuffer buffer, int offset) {
    int length = buffer.getInt(offset + SIZE_OFFSET);
    return length == 0 ? MIN_LENGTH : length;
  }

  /** Reads attributes of at least {@link #MIN_LENGTH} bytes. */
  static PerfAttr read(DirectBuffer buffer, int offset, int length) {
    boolean hasClock =
        length >= CLOCK_OFFSET + Integer.BYTES
            && (buffer.getLong(offset + FLAGS_OFFSET) & USE_CLOCK_ID) != 0;
    return new PerfAttr(
        buffer.getInt(offset),
        buffer.getLong(offset + CONFIG_OFFSET),
        buffer.getLong(offset + SAMPLE_TYPE_OFFSET),
        buffer.getLong(offset + READ_FORMAT_OFFSET),
        hasClock ? buffer.getInt(offset + CLOCK_OFFSET) : OWN_CLOCK);
  }

  boolean isTracepoint() {
    return type == PerfAttributes.TYPE_TRACEPOINT;
  }
}
