// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The processes that wrote events lately. Each is looked at when its first event comes, and again
 * when an event comes after {@value #MAX_AGE_S} s. A process that has ended stays as it was while
 * it is remembered, as its last events are read after its end.
 *
 * <p>A pid that is given to another process within that time is taken for the first one until then.
 * The kernel gives a number again only after all others, so that takes thousands of processes a
 * second.
 *
 * <p>Not thread-safe.
 */
public final class ProcessTable {

  static final int MAX_AGE_S = 10;

  /** Forgotten are those that have not written for longest. */
  static final int MAX_PROCESSES = 4096;

  private static final Path PROC = Path.of("/proc");
  private static final float LOAD_FACTOR = 0.75f;

  private final ProcFs proc;
  private final Map<Integer, Seen> byPid = new Recent();
  private final Map<Integer, Seen> byTid = new Recent();

  /** Processes of this machine, as far as they are in the agent's pid namespace. */
  public ProcessTable() {
    this(PROC);
  }

  ProcessTable(Path proc) {
    this.proc = new ProcFs(proc);
  }

  /**
   * The process that wrote an event.
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
   * The process that wrote an event, of which the source tells the thread alone, as ftrace does.
   *
   * @param tid as the first pid namespace has it, so the agent must be in that one
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
      // The same object as long as nothing has changed: others are kept by it.
      if (!process.equals(this.process)) {
        this.process = process;
      }
      this.seenNs = seenNs;
    }

    boolean isOld(long nowNs) {
      return nowNs - seenNs >= TimeUnit.SECONDS.toNanos(MAX_AGE_S);
    }
  }

  /** In the order of use. */
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
