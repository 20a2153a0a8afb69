// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's own counters for a listener, summed over all CPUs and tracepoints. With perf they
 * come from {@code PERF_FORMAT_LOST} and the event's count, with ftrace from {@code
 * per_cpu/cpu*}{@code /stats}. While no event is written, {@code readEvents + unreadEvents + lost}
 * is the number of events that the kernel accepted. Immutable.
 *
 * <p>The numbers of one listener never fall, except the number of unread events. They are exact
 * unless {@link ListenerStatistics#interruptions} is above 0. With ftrace, any process with the
 * necessary rights can empty the buffers, and that sets the kernel's counters to 0. The listener
 * reads the counters once a second while it is polled, and at each call of {@link
 * TracepointListener#kernelStatistics}. Events that were lost after the last reading before the
 * buffers were emptied, and events that were unread at that time, are in no number.
 *
 * <p>The kernel does not count events that are too large for the source, nor events that are
 * written while the listener is not attached.
 *
 * @since 0.1.0
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

  /** {@return the number of events that were taken out of the kernel's buffers} */
  public long readEvents() {
    return readEvents;
  }

  /** {@return the number of events that are in the kernel's buffers and are not read yet} */
  public long unreadEvents() {
    return unreadEvents;
  }

  /** {@return the number of events that this listener lost because it read too slowly} */
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
        // In this order: overwritten before they were read; lost because the buffer wrapped around
        // within a write; refused by a full buffer, which happens if another process has switched
        // off the instance's option "overwrite".
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

  /** Returns the higher of these numbers and of those that are known from another source. */
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
