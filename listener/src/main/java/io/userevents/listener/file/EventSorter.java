// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keeps events until all older events have arrived, then delivers them in the order of their times.
 * Events with the same time keep their order of arrival. It takes no more memory than it was given:
 * {@link #isFull} reports that some events must be delivered early.
 *
 * <p>Not thread-safe.
 */
final class EventSorter {

  private static final int FIRST_BYTES = 1 << 16;
  private static final int FIRST_EVENTS = 256;

  /**
   * Memory of an event in addition to its bytes: time, place, length, CPU, process, thread, order.
   */
  private static final int OVERHEAD = 48;

  private final int maxBytes;
  private byte[] bytes = new byte[FIRST_BYTES];
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
  private int used;

  private long[] times = new long[FIRST_EVENTS];
  private int[] offsets = new int[FIRST_EVENTS];
  private int[] lengths = new int[FIRST_EVENTS];
  private int[] cpus = new int[FIRST_EVENTS];
  private int[] pids = new int[FIRST_EVENTS];
  private int[] tids = new int[FIRST_EVENTS];
  private int[] order = new int[FIRST_EVENTS];
  private int[] merged = new int[FIRST_EVENTS];
  private int count;

  /** The entries of {@link #order} from next to ready can be delivered. */
  private int next;

  private int ready;
  private int current;
  private long latestNs = Long.MIN_VALUE;

  EventSorter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns whether an event of this length has no room. */
  boolean isFull(int length) {
    return count > 0 && used + length + (long) (count + 1) * OVERHEAD > maxBytes;
  }

  /** Returns the latest time that was ever added. */
  long latestNs() {
    return latestNs;
  }

  /** Adds an event. Called only when no event is ready. */
  void add(DirectBuffer from, int offset, int length, SampleFields fields) {
    if (count == times.length) {
      growEvents();
    }
    if (used + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.min(bytes.length * 2, maxBytes), used + length));
      buffer.wrap(bytes);
    }
    buffer.putBytes(used, from, offset, length);
    times[count] = fields.timestampNs();
    offsets[count] = used;
    lengths[count] = length;
    cpus[count] = fields.cpu();
    pids[count] = fields.pid();
    tids[count] = fields.tid();
    used += length;
    count++;
    latestNs = Math.max(latestNs, fields.timestampNs());
  }

  private void growEvents() {
    int capacity = count * 2;
    times = Arrays.copyOf(times, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    lengths = Arrays.copyOf(lengths, capacity);
    cpus = Arrays.copyOf(cpus, capacity);
    pids = Arrays.copyOf(pids, capacity);
    tids = Arrays.copyOf(tids, capacity);
    order = new int[capacity];
    merged = new int[capacity];
  }

  /** Makes the events ready that are not later than this time. */
  void release(long untilNs) {
    sort();
    next = 0;
    ready = 0;
    while (ready < count && times[order[ready]] <= untilNs) {
      ready++;
    }
  }

  /** Makes the older half of the events ready. */
  void releaseHalf() {
    sort();
    next = 0;
    ready = (count + 1) / 2;
  }

  /**
   * Moves to the next ready event. After the last one, drops the ready events.
   *
   * @return false after the last event
   */
  boolean next() {
    if (next < ready) {
      current = order[next++];
      return true;
    }
    if (ready > 0) {
      forget();
    }
    return false;
  }

  /** Returns the buffer that has the bytes of the current event. */
  DirectBuffer buffer() {
    return buffer;
  }

  int offset() {
    return offsets[current];
  }

  int length() {
    return lengths[current];
  }

  long timestampNs() {
    return times[current];
  }

  int cpu() {
    return cpus[current];
  }

  int pid() {
    return pids[current];
  }

  int tid() {
    return tids[current];
  }

  private void forget() {
    for (int i = 0; i < ready; i++) {
      lengths[order[i]] = -1;
    }
    int kept = 0;
    int place = 0;
    for (int i = 0; i < count; i++) {
      if (lengths[i] >= 0) {
        System.arraycopy(bytes, offsets[i], bytes, place, lengths[i]);
        times[kept] = times[i];
        offsets[kept] = place;
        lengths[kept] = lengths[i];
        cpus[kept] = cpus[i];
        pids[kept] = pids[i];
        tids[kept] = tids[i];
        place += lengths[i];
        kept++;
      }
    }
    used = place;
    count = kept;
    next = 0;
    ready = 0;
  }

  /** Merges neighbouring runs. Their length doubles with each pass. */
  private void sort() {
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    for (int run = 1; run < count && run > 0; run *= 2) {
      for (int from = 0; from < count; from += 2 * run) {
        merge(from, Math.min(from + run, count), Math.min(from + 2 * run, count));
      }
      int[] sorted = merged;
      merged = order;
      order = sorted;
    }
  }

  private void merge(int from, int middle, int to) {
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean isLeft = left < middle && (right >= to || times[order[left]] <= times[order[right]]);
      merged[i] = order[isLeft ? left++ : right++];
    }
  }
}
