// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.internal.EventFormat;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The events of one CPU, one for each tracepoint, and the ring that all of them write to.
 *
 * <p>Not thread-safe: the lock of calls guards the descriptors, the reader's lock the ring.
 */
final class PerfCpu {

  private static final int NONE = -1;

  /** The time for which an event is on goes in no larger steps. */
  static final long LONGEST_STEP_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private final PerfCalls calls;
  private final int cpu;
  private final int[] fds;
  private @Nullable PerfRing ring;
  private long timeEnabledNs;
  private long readNs;
  private boolean isEnding;

  private PerfCpu(PerfCalls calls, int cpu, int count) {
    this.calls = calls;
    this.cpu = cpu;
    fds = new int[count];
    Arrays.fill(fds, NONE);
  }

  /** Opens all events and the ring; nothing is recorded yet. */
  static PerfCpu open(PerfCalls calls, int cpu, List<EventFormat> formats, int dataLength)
      throws ListenerException {
    PerfCpu opened = new PerfCpu(calls, cpu, formats.size());
    boolean isComplete = false;
    try {
      for (int i = 0; i < formats.size(); i++) {
        opened.fds[i] = calls.open(formats.get(i), cpu);
        if (i == 0) {
          opened.ring = calls.map(opened.fds[0], dataLength);
        } else {
          calls.setOutput(opened.fds[i], opened.fds[0]);
        }
      }
      isComplete = true;
      return opened;
    } finally {
      if (!isComplete) {
        opened.closeEvents();
        opened.unmap();
      }
    }
  }

  int cpu() {
    return cpu;
  }

  /** Where the kernel tells of new records. */
  int leader() {
    return fds[0];
  }

  @Nullable PerfRing ring() {
    return ring;
  }

  /** Records from now on. */
  void enable() throws ListenerException {
    for (int fd : fds) {
      calls.enable(fd);
    }
    calls.read(fds[0]);
    timeEnabledNs = calls.timeEnabledNs();
    readNs = System.nanoTime();
  }

  /** Keeps the ring as it is, or goes on. */
  void setPaused(boolean isPaused) throws ListenerException {
    if (fds[0] != NONE) {
      calls.setPaused(fds[0], isPaused);
    }
  }

  void disable() throws ListenerException {
    for (int fd : fds) {
      if (fd != NONE) {
        calls.disable(fd);
      }
    }
  }

  /** Whether the kernel records, may do so, or has stopped; see {@link #state}. */
  enum State {
    RECORDING,
    UNDECIDED,
    STOPPED
  }

  /**
   * Asks whether the kernel still records. When a CPU goes offline it takes the events off it, and
   * they stay off when it comes back ({@code perf_event_exit_cpu_context} in {@code
   * kernel/events/core.c}, Linux 6.12). The time for which an event is on then stands still. Where
   * the kernel has no better clock, that time goes in steps of 10 ms.
   */
  State state(long nowNs) throws ListenerException {
    calls.read(fds[0]);
    if (calls.timeEnabledNs() > timeEnabledNs) {
      timeEnabledNs = calls.timeEnabledNs();
      readNs = nowNs;
      return State.RECORDING;
    }
    return nowNs - readNs < LONGEST_STEP_NS ? State.UNDECIDED : State.STOPPED;
  }

  /** Nothing more will come: what the ring has is to be read, then all is closed. */
  void end() {
    isEnding = true;
  }

  boolean isEnding() {
    return isEnding;
  }

  /** Adds what the kernel has counted. */
  void addTo(PerfCounts counts) throws ListenerException {
    for (int fd : fds) {
      if (fd != NONE) {
        calls.read(fd);
        counts.add(calls.count(), calls.lost());
      }
    }
  }

  /** Closes the descriptors; the events last until the ring is unmapped. */
  void closeEvents() {
    for (int i = fds.length - 1; i >= 0; i--) {
      int fd = fds[i];
      if (fd != NONE) {
        // Before it is closed: its number may be somebody else's right after.
        fds[i] = NONE;
        calls.close(fd);
      }
    }
  }

  void unmap() {
    if (ring != null) {
      ring.unmap();
    }
  }
}
