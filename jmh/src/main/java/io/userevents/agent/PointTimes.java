// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;

/** The places of the times of all points in the payload of an event, to move them on. */
final class PointTimes {

  /** The fields start_time_unix_nano and time_unix_nano of a NumberDataPoint, both fixed64. */
  private static final byte START_TAG = 2 << 3 | 1;

  private static final byte TIME_TAG = 3 << 3 | 1;
  private static final int FIELD_BYTES = 1 + Long.BYTES;
  private static final long RANGE_NS = TimeUnit.DAYS.toNanos(1);

  private final UnsafeBuffer event;
  private final int[] offsets;
  private long endNs;

  private PointTimes(UnsafeBuffer event, int[] offsets) {
    this.event = event;
    this.offsets = offsets;
  }

  /** Finds the times in an event that was encoded during the last day. */
  static PointTimes of(UnsafeBuffer event) {
    int[] offsets =
        IntStream.rangeClosed(0, event.capacity() - 2 * FIELD_BYTES)
            .filter(offset -> isTimes(event, offset))
            .toArray();
    PointTimes times = new PointTimes(event, offsets);
    if (offsets.length > 0) {
      times.endNs = timeNs(event, offsets[0] + FIELD_BYTES);
    }
    return times;
  }

  private static boolean isTimes(UnsafeBuffer event, int offset) {
    if (event.getByte(offset) != START_TAG || event.getByte(offset + FIELD_BYTES) != TIME_TAG) {
      return false;
    }
    long nowNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    long startNs = timeNs(event, offset);
    long endNs = timeNs(event, offset + FIELD_BYTES);
    return nowNs - RANGE_NS < startNs && startNs <= endNs && endNs < nowNs + RANGE_NS;
  }

  private static long timeNs(UnsafeBuffer event, int offset) {
    return event.getLong(offset + 1, ByteOrder.LITTLE_ENDIAN);
  }

  int count() {
    return offsets.length;
  }

  /** Makes all points begin where they ended, and end at the given time or 1 ns after that. */
  void advanceTo(long epochNs) {
    long startNs = endNs;
    endNs = Math.max(epochNs, startNs + 1);
    for (int offset : offsets) {
      event.putLong(offset + 1, startNs, ByteOrder.LITTLE_ENDIAN);
      event.putLong(offset + FIELD_BYTES + 1, endNs, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
