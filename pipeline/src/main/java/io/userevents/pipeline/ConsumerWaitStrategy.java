// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** How the consumer waits for records: what an idle one costs against how soon it wakes up. */
public enum ConsumerWaitStrategy {
  /**
   * Spins, yields, then sleeps for longer and longer, up to 2 ms while a listener is attached and
   * 10 ms while none is. Costs publishers nothing and a process that nobody listens to below 1 % of
   * a core. The default. A burst after a pause finds the consumer asleep for up to 2 ms: the ring
   * has to hold that much, or a policy that waits wakes it.
   */
  SLEEPING,
  /**
   * Sleeps until it is woken. The publisher that comes first after a pause wakes it, which is a
   * system call on the publishing thread, and every publisher pays for a memory fence. Should that
   * publisher lose its CPU on the way, the consumer wakes by itself after 10 ms at most.
   */
  BLOCKING,
  /** Spins, then yields the CPU again and again: takes what CPU time nobody else wants. */
  YIELDING,
  /** Spins without end: takes a whole CPU, and is the soonest to see a record. */
  BUSY_SPIN
}
