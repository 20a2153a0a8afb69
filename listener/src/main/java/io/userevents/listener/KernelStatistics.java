// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel itself counts in the ring buffers of a listener's instance, all CPUs together
 * ({@code per_cpu/cpu*}{@code /stats} in tracefs). Exact, but a page that is being written
 * meanwhile can be counted in part; when nothing is written, {@code readEvents + unreadEvents +
 * lost()} is the number of events that the kernel took.
 *
 * <p>Events that are too large for ftrace, and events that come while the listener is not attached,
 * are in no number of the kernel's.
 *
 * @param unreadEvents in the buffers, not read yet ({@code entries})
 * @param overrun overwritten before they were read
 * @param commitOverrun lost because the buffer wrapped around within a write
 * @param droppedEvents refused by a full buffer; 0 unless someone has switched off the instance's
 *     option {@code overwrite}
 * @param readEvents handed out
 */
public record KernelStatistics(
    long unreadEvents, long overrun, long commitOverrun, long droppedEvents, long readEvents) {

  static final KernelStatistics NONE = new KernelStatistics(0, 0, 0, 0, 0);

  private static final Pattern LINE = Pattern.compile("(?m)^([a-z ]+): +(-?\\d{1,18})$");

  /** Events that were lost for this listener. */
  public long lost() {
    return overrun + commitOverrun + droppedEvents;
  }

  static KernelStatistics parse(String stats) {
    long unreadEvents = 0;
    long overrun = 0;
    long commitOverrun = 0;
    long droppedEvents = 0;
    long readEvents = 0;
    Matcher matcher = LINE.matcher(stats);
    while (matcher.find()) {
      long count = Long.parseLong(matcher.group(2));
      switch (matcher.group(1)) {
        case "entries" -> unreadEvents = count;
        case "overrun" -> overrun = count;
        case "commit overrun" -> commitOverrun = count;
        case "dropped events" -> droppedEvents = count;
        case "read events" -> readEvents = count;
        default -> {}
      }
    }
    return new KernelStatistics(unreadEvents, overrun, commitOverrun, droppedEvents, readEvents);
  }

  KernelStatistics plus(KernelStatistics other) {
    return new KernelStatistics(
        unreadEvents + other.unreadEvents,
        overrun + other.overrun,
        commitOverrun + other.commitOverrun,
        droppedEvents + other.droppedEvents,
        readEvents + other.readEvents);
  }
}
