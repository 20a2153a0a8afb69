// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Knows what all threads have offered, so that a benchmark which loses records fails. */
@State(Scope.Benchmark)
public class Offers {

  private final List<ThreadRecord> threads = new ArrayList<>();

  synchronized void add(ThreadRecord thread) {
    threads.add(thread);
  }

  /**
   * To be called when the benchmark's threads have come to rest, which JMH waits for before it
   * tears anything down.
   *
   * @throws IllegalStateException if it is not this many
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
