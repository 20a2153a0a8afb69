// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * Reads which CPUs are online, and whether any CPU may have gone offline and come back since the
 * last check.
 *
 * <p>A check reads two small files. The kernel sends a uevent for each CPU that goes offline or
 * comes online, and {@code uevent_seqnum} counts these. No uevent is sent while a machine sleeps
 * and wakes up, so a change is assumed every 30 s.
 *
 * <p>Not thread-safe.
 */
final class OnlineCpus {

  /** The interval between two checks of a listener. */
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

  /** Returns whether a CPU may have changed since the last call. The first call returns true. */
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
      // Without this file, only the list and the period show a change.
      return "";
    }
  }
}
