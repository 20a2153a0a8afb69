// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Counts the records that all threads have offered, so that a benchmark that loses records fails.
 */
@State(Scope.Benchmark)
public class Offers {

  private final List<ThreadRecord> threads = new ArrayList<>();

  synchronized void add(ThreadRecord thread) {
    threads.add(thread);
  }

  /**
   * Checks that all offered records were written. Call this when the benchmark's threads have
   * ended; JMH waits for them before the tear-down.
   *
   * @throws IllegalStateException if the number of offered records is another one
   */
  synchronized void requireAll(long written) {
    long offered = 0;
    for (ThreadRecord thread : threads) {
      offered += thread.offered;
    }
    if (offered == 0 || written != offered) {
      throw new IllegalStateException(
          "records were lost, or none was offered: offered=" + offered + " written=" + written);
    }
  }
}
