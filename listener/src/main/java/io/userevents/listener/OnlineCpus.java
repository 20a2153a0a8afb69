// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * Which CPUs are online, and whether any may have gone and come back since the last look.
 *
 * <p>A look reads two small files. Each CPU that goes or comes makes an event of the kernel's that
 * {@code uevent_seqnum} counts; but none is made while a machine sleeps and wakes up, so it is
 * assumed every 30 s that something has happened.
 *
 * <p>Not thread-safe.
 */
final class OnlineCpus {

  /** How often a listener looks. */
  static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long ASSUMED_NS = TimeUnit.SECONDS.toNanos(30);

  private final TracefsFiles files;
  private final Path online;
  private final Path events;
  private String seen = "";
  private long changedNs;

  /**
   * @param sys where sysfs is mounted
   */
  OnlineCpus(TracefsFiles files, Path sys) {
    this.files = files;
    online = sys.resolve("devices/system/cpu/online");
    events = sys.resolve("kernel/uevent_seqnum");
  }

  BitSet read() throws ListenerException {
    return CpuList.parse(files.read(online));
  }

  /** Whether a CPU may have changed since the last call; the first call says so. */
  boolean mayHaveChanged(long nowNs) throws ListenerException {
    String found = files.read(online) + eventNumber();
    if (found.equals(seen) && nowNs - changedNs < ASSUMED_NS) {
      return false;
    }
    seen = found;
    changedNs = nowNs;
    return true;
  }

  private String eventNumber() {
    try {
      return files.read(events);
    } catch (ListenerException e) {
      // Without it, the list and the period are what there is.
      return "";
    }
  }
}
