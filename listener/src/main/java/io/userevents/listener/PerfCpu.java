// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.internal.EventFormat;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The perf events of one CPU, one for each tracepoint, and the ring that all of them write to.
 *
 * <p>Not thread-safe. The lock of calls guards the descriptors, and the reader's lock guards the
 * ring.
 */
final class PerfCpu {

  private static final int NONE = -1;

  /** The largest step of the time for which an event is on. */
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

  /** Opens all events and the ring. Recording is off at first. */
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

  /** Returns the descriptor by which the kernel signals new records. */
  int leader() {
    return fds[0];
  }

  @Nullable PerfRing ring() {
    return ring;
  }

  /** Starts recording. */
  void enable() throws ListenerException {
    for (int fd : fds) {
      calls.enable(fd);
    }
    calls.read(fds[0]);
    timeEnabledNs = calls.timeEnabledNs();
    readNs = System.nanoTime();
  }

  /** Pauses or resumes the writing to the ring. */
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

  /** The state of recording: on, unknown or stopped. See {@link #state}. */
  enum State {
    RECORDING,
    UNDECIDED,
    STOPPED
  }

  /**
   * Checks whether the kernel still records. When a CPU goes offline, the kernel switches its
   * events off, and they stay off when the CPU comes back ({@code perf_event_exit_cpu_context} in
   * {@code kernel/events/core.c}, Linux 6.12). The time for which an event is on then stands still.
   * On a kernel without a better clock, that time advances in steps of 10 ms.
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

  /**
   * Marks the CPU as ended: no event follows. The rest of the ring is read, then everything is
   * closed.
   */
  void end() {
    isEnding = true;
  }

  boolean isEnding() {
    return isEnding;
  }

  /** Adds the kernel's counters. */
  void addTo(PerfCounts counts) throws ListenerException {
    for (int fd : fds) {
      if (fd != NONE) {
        calls.read(fd);
        counts.add(calls.count(), calls.lost());
      }
    }
  }

  /** Closes the descriptors. The events last until the ring is unmapped. */
  void closeEvents() {
    for (int i = fds.length - 1; i >= 0; i--) {
      int fd = fds[i];
      if (fd != NONE) {
        // Before the close: the kernel may give the same number to another file right after it.
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
