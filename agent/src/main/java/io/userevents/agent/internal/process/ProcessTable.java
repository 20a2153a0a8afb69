// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The processes that wrote events recently. The data of a process is read at its first event, and
 * again at an event more than {@value #MAX_AGE_S} s later. The table keeps the last data of an
 * ended process while it remembers the process, because the last events are read after the end.
 *
 * <p>If the kernel reuses a pid within that time, the table takes the new process for the old one
 * until the time is over. The kernel reuses a number only after all others, so this needs thousands
 * of new processes per second.
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class ProcessTable {

  static final int MAX_AGE_S = 10;

  /**
   * The largest number of processes. The table drops those that have not written for the longest
   * time.
   */
  static final int MAX_PROCESSES = 4096;

  private static final Path PROC = Path.of("/proc");
  private static final float LOAD_FACTOR = 0.75f;

  private final ProcFs proc;
  private final Map<Integer, Seen> byPid = new Recent();
  private final Map<Integer, Seen> byTid = new Recent();

  /** Creates a table of the processes of this machine that are in the agent's pid namespace. */
  public ProcessTable() {
    this(PROC);
  }

  ProcessTable(Path proc) {
    this.proc = new ProcFs(proc);
  }

  /**
   * Returns the process that wrote an event.
   *
   * @param pid 0 if it is in another pid namespace
   * @param nowNs {@link System#nanoTime}
   */
  public ProcessInfo ofProcess(int pid, long nowNs) {
    if (pid <= 0) {
      return ProcessInfo.unknown(pid);
    }
    Seen entry = byPid.get(pid);
    if (entry == null) {
      entry = new Seen(proc.process(pid), nowNs);
      byPid.put(pid, entry);
    } else if (entry.isOld(nowNs)) {
      ProcessInfo now = proc.process(pid);
      entry.set(now.isKnown() ? now : entry.process, nowNs);
    }
    return entry.process;
  }

  /**
   * Returns the process that wrote an event, if the source reports only the thread, as ftrace does.
   *
   * @param tid id in the initial pid namespace, so the agent must be in that namespace
   * @param nowNs {@link System#nanoTime}
   */
  public ProcessInfo ofThread(int tid, long nowNs) {
    Seen entry = byTid.get(tid);
    if (entry == null || entry.isOld(nowNs)) {
      int pid = proc.processOf(tid);
      if (pid > 0) {
        entry = new Seen(ofProcess(pid, nowNs), nowNs);
        byTid.put(tid, entry);
      } else if (entry == null) {
        entry = new Seen(ProcessInfo.unknown(-1), nowNs);
        byTid.put(tid, entry);
      } else {
        entry.set(entry.process, nowNs);
      }
    }
    return entry.process;
  }

  private static final class Seen {
    private ProcessInfo process;
    private long seenNs;

    Seen(ProcessInfo process, long seenNs) {
      this.process = process;
      this.seenNs = seenNs;
    }

    void set(ProcessInfo process, long seenNs) {
      // Keeps the same object while nothing has changed, because callers use it as a key.
      if (!process.equals(this.process)) {
        this.process = process;
      }
      this.seenNs = seenNs;
    }

    boolean isOld(long nowNs) {
      return nowNs - seenNs >= TimeUnit.SECONDS.toNanos(MAX_AGE_S);
    }
  }

  /** A map in the order of use. */
  @SuppressWarnings("serial")
  private static final class Recent extends LinkedHashMap<Integer, Seen> {

    private static final int INITIAL = 64;

    Recent() {
      super(INITIAL, LOAD_FACTOR, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, Seen> eldest) {
      return size() > MAX_PROCESSES;
    }
  }
}
