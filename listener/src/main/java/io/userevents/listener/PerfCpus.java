// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.memory.MappedFile;
import io.userevents.internal.syscall.Errno;
import io.userevents.listener.internal.EventFormat;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The perf events and rings of all CPUs that are online, and the descriptors to wait for.
 *
 * <p>Not thread-safe. It is changed only with both locks of the listener held, see {@link Capture}.
 */
final class PerfCpus {

  private static final Logger LOGGER = Logger.getLogger(PerfCpus.class.getName());
  private static final int WAKEUP_INDEX = 0;
  private static final int FIRST_CPU_INDEX = 1;

  private final PerfCalls calls;
  private final Wakeup wakeup;
  private List<EventFormat> formats = List.of();
  private PerfCpu[] cpus = {};
  private Pollfds pollfds = new Pollfds(1);
  private int ringLength;

  PerfCpus(PerfCalls calls, Wakeup wakeup) {
    this.calls = calls;
    this.wakeup = wakeup;
  }

  /** Returns the CPUs in no particular order. The caller must not change the array. */
  PerfCpu[] all() {
    return cpus;
  }

  /** Returns the length of each ring in bytes. */
  int ringLength() {
    return ringLength;
  }

  /** Maps rings of the requested size, or of the size that the limits of locked memory allow. */
  void open(List<EventFormat> formatsOfEvents, BitSet onlineCpus, BufferSize bufferSize)
      throws ListenerException {
    formats = formatsOfEvents;
    int wanted = bufferSize.ringLength(onlineCpus.cardinality(), MappedFile.pageLength());
    int least = BufferSize.minRingLength(MappedFile.pageLength());
    for (ringLength = wanted; ; ringLength /= 2) {
      try {
        openAll(onlineCpus);
        break;
      } catch (ListenerException e) {
        closeAll();
        if (!calls.takeIsMapRefused() || ringLength / 2 < least) {
          throw e;
        }
      }
    }
    if (ringLength < wanted) {
      LOGGER.log(
          Level.WARNING,
          "smaller perf rings than asked for, as the memory that this user may lock is limited:"
              + " asked_kb={0} ring_kb={1} cpus={2}; raise kernel.perf_event_mlock_kb or ulimit -l,"
              + " or give CAP_IPC_LOCK, if events are lost",
          new Object[] {
            Integer.toString(wanted / 1024),
            Integer.toString(ringLength / 1024),
            onlineCpus.cardinality()
          });
    }
  }

  private void openAll(BitSet onlineCpus) throws ListenerException {
    for (int cpu = onlineCpus.nextSetBit(0); cpu >= 0; cpu = onlineCpus.nextSetBit(cpu + 1)) {
      PerfCpu opened = openUnlessOffline(cpu);
      if (opened != null) {
        add(opened);
      }
    }
    if (cpus.length == 0) {
      throw ListenerException.ofText("no CPU is online", onlineCpus.toString());
    }
  }

  private @Nullable PerfCpu openUnlessOffline(int cpu) throws ListenerException {
    try {
      return PerfCpu.open(calls, cpu, formats, ringLength);
    } catch (ListenerException e) {
      if (e.errno() != Errno.ENODEV.number()) {
        throw e;
      }
      LOGGER.log(Level.FINE, e, () -> "cpu=" + cpu + " went offline");
      return null;
    }
  }

  private void add(PerfCpu cpu) {
    List<PerfCpu> more = new ArrayList<>(List.of(cpus));
    more.add(cpu);
    set(more);
  }

  private void set(List<PerfCpu> list) {
    Pollfds before = pollfds;
    pollfds = new Pollfds(FIRST_CPU_INDEX + list.size());
    before.free();
    cpus = list.toArray(PerfCpu[]::new);
    pollfds.set(WAKEUP_INDEX, wakeup.fd());
    for (int i = 0; i < cpus.length; i++) {
      pollfds.set(FIRST_CPU_INDEX + i, cpus[i].isEnding() ? Pollfds.IGNORED : cpus[i].leader());
    }
  }

  private void closeAll() {
    for (PerfCpu cpu : cpus) {
      cpu.closeEvents();
      cpu.unmap();
    }
    set(List.of());
  }

  /** Starts recording on a CPU that has come online, unless it has gone offline again. */
  void openNew(int cpu) throws ListenerException {
    PerfCpu opened = openUnlessOffline(cpu);
    if (opened == null) {
      return;
    }
    boolean isEnabled = false;
    try {
      opened.enable();
      isEnabled = true;
    } finally {
      if (!isEnabled) {
        opened.closeEvents();
        opened.unmap();
      }
    }
    add(opened);
    LOGGER.log(Level.FINE, () -> "recording on cpu=" + cpu);
  }

  /**
   * Waits until the kernel signals records or another thread signals the wakeup. Returns the result
   * of poll(2).
   */
  int await(int timeoutMs) {
    int result = calls.poll(pollfds.address(), pollfds.count(), timeoutMs);
    if (result > 0 && pollfds.isReadable(WAKEUP_INDEX)) {
      wakeup.reset();
    }
    if (result < 0) {
      pollfds.clear();
    }
    return result;
  }

  /** Returns whether poll(2) reported an error for the events of the CPU at this index. */
  boolean hasFailed(int index) {
    return pollfds.hasError(FIRST_CPU_INDEX + index) && !cpus[index].isEnding();
  }

  /** Marks the CPU at this index as ended. It is read to its end, then removed. */
  void end(int index) {
    cpus[index].end();
    pollfds.set(FIRST_CPU_INDEX + index, Pollfds.IGNORED);
  }

  /**
   * Closes the CPUs that have ended and are read, and adds their counters.
   *
   * @return whether some CPUs have ended and are not read yet
   * @throws ListenerException if the kernel does not return the counters of some CPUs. These CPUs
   *     stay, so that the next call asks again. The others are closed.
   */
  boolean removeEnded(PerfCounts counts) throws ListenerException {
    List<PerfCpu> left = new ArrayList<>();
    boolean isEnding = false;
    ListenerException failure = null;
    for (PerfCpu cpu : cpus) {
      if (isRead(cpu)) {
        try {
          PerfCounts own = new PerfCounts();
          cpu.addTo(own);
          counts.add(own);
          cpu.closeEvents();
          cpu.unmap();
          continue;
        } catch (ListenerException e) {
          if (failure == null) {
            failure = e;
          } else {
            failure.addSuppressed(e);
          }
        }
      }
      left.add(cpu);
      isEnding |= cpu.isEnding();
    }
    set(left);
    if (failure != null) {
      throw failure;
    }
    return isEnding;
  }

  private static boolean isRead(PerfCpu cpu) {
    PerfRing ring = cpu.ring();
    return cpu.isEnding() && (ring == null || ring.isEmpty());
  }

  void free() {
    for (PerfCpu cpu : cpus) {
      cpu.unmap();
    }
    pollfds.free();
  }
}
