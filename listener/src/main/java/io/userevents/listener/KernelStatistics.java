// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel itself counts for a listener, all CPUs and tracepoints together: {@code
 * PERF_FORMAT_LOST} and the event's count with perf, {@code per_cpu/cpu*}{@code /stats} with
 * ftrace. When nothing is written meanwhile, {@code readEvents + unreadEvents + lost} is the number
 * of events that the kernel took. Immutable.
 *
 * <p>The numbers of one listener never fall, but for the unread events. They are exact unless
 * {@link ListenerStatistics#interruptions} is above 0. With ftrace, anybody with the rights can
 * empty the buffers, which sets the kernel's counters to 0. The listener looks at them once a
 * second while it is polled, and at each call of {@link TracepointListener#kernelStatistics}. What
 * was lost since the last look before the buffers were emptied, or was unread then, is in no
 * number.
 *
 * <p>Events that are too large for the source, and events that come while the listener is not
 * attached, are in no number of the kernel's.
 */
public final class KernelStatistics {

  static final KernelStatistics NONE = new KernelStatistics(0, 0, 0);

  private static final Pattern LINE = Pattern.compile("(?m)^([a-z ]+): +(-?\\d{1,18})$");

  private final long readEvents;
  private final long unreadEvents;
  private final long lost;

  KernelStatistics(long readEvents, long unreadEvents, long lost) {
    this.readEvents = readEvents;
    this.unreadEvents = unreadEvents;
    this.lost = lost;
  }

  /** Events that were taken out of the kernel's buffers. */
  public long readEvents() {
    return readEvents;
  }

  /** Events that are in the kernel's buffers. */
  public long unreadEvents() {
    return unreadEvents;
  }

  /** Events that were lost for this listener, because it read too slowly. */
  public long lost() {
    return lost;
  }

  /** Reads the {@code stats} file of one CPU of a trace instance. */
  static KernelStatistics parse(String stats) {
    long unread = 0;
    long lost = 0;
    long read = 0;
    Matcher matcher = LINE.matcher(stats);
    while (matcher.find()) {
      long count = Long.parseLong(matcher.group(2));
      switch (matcher.group(1)) {
        case "entries" -> unread = count;
        // Overwritten unread; the buffer wrapped around within a write; refused by a full buffer,
        // if somebody has switched off the instance's option "overwrite".
        case "overrun", "commit overrun", "dropped events" -> lost += count;
        case "read events" -> read = count;
        default -> {}
      }
    }
    return new KernelStatistics(read, unread, lost);
  }

  KernelStatistics plus(KernelStatistics other) {
    return new KernelStatistics(
        readEvents + other.readEvents, unreadEvents + other.unreadEvents, lost + other.lost);
  }

  /** These numbers, or those that are known otherwise where they are higher. */
  KernelStatistics atLeast(long knownReadEvents, long knownLost) {
    return new KernelStatistics(
        Math.max(readEvents, knownReadEvents), unreadEvents, Math.max(lost, knownLost));
  }

  @Override
  public String toString() {
    return "KernelStatistics{readEvents="
        + readEvents
        + ", unreadEvents="
        + unreadEvents
        + ", lost="
        + lost
        + "}";
  }
}
