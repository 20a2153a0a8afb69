// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** The reader's thread while it only polls. */
final class IdleReader {

  private static final int WINDOWS = 10;
  private static final int POLLS_PER_WINDOW = 100;

  private IdleReader() {}

  /**
   * Checks that its polls allocate nothing. A JVM allocates some 200 bytes on a thread now and
   * then, while it compiles what runs there; polls that allocate do so in each window.
   */
  static void assertAllocatesNothing(PolledTracepoint tracepoint) throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Thread reader = tracepoint.awaitPolls(POLLS_PER_WINDOW);
    List<Long> allocated = new ArrayList<>();
    long before = threads.getThreadAllocatedBytes(reader.getId());
    assertThat(before).isPositive();
    for (int i = 0; i < WINDOWS; i++) {
      tracepoint.awaitPolls(POLLS_PER_WINDOW);
      long now = threads.getThreadAllocatedBytes(reader.getId());
      allocated.add(now - before);
      before = now;
    }
    assertThat(allocated)
        .filteredOn(bytes -> bytes == 0)
        .as("%s", allocated)
        .hasSizeGreaterThanOrEqualTo(WINDOWS / 2);
  }
}
