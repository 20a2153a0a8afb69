// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Names the ways in which the consumer waits for records. They weigh the cost of an idle consumer
 * against how soon it wakes up. Any of Agrona's idle strategies may be set in their place ({@link
 * RecordPipelineBuilder#setIdleStrategy}).
 */
public enum ConsumerWaitStrategy {
  /**
   * Spins, yields, then sleeps for longer and longer, up to 2 ms while a listener is attached and
   * 10 ms while none is; when nothing has come for longer than a second, for 1/500 of that time, up
   * to 20 ms. Costs publishers nothing in steady state and a process that nobody listens to below 1
   * % of a core. The default. A burst after a pause finds the consumer asleep: the ring has to hold
   * 2 ms of it. Out of a longer sleep it is woken by the publisher that fills a quarter of the
   * ring, which is a system call, and out of any by one that waits for a slot, by a flush and by
   * {@link RecordPipeline#wakeUp}. After that call it sleeps for 100 ms at once when it has written
   * all, if the caller's thread alone has published since the call before, and nobody has after it;
   * for 20 ms if there is a state listener or somebody asks who records.
   */
  SLEEPING,
  /**
   * Spins for a moment, then sleeps until it is woken. The publisher that comes first after a pause
   * wakes it, which is a system call on the publishing thread, and every publisher pays for a
   * memory fence. Should that publisher lose its CPU on the way, the consumer wakes without help
   * after 10 ms at most.
   */
  BLOCKING,
  /**
   * Yields the CPU again and again, by Agrona's {@code YieldingIdleStrategy}: takes the CPU time
   * that nobody else wants.
   */
  YIELDING,
  /**
   * Spins without end, by Agrona's {@code BusySpinIdleStrategy}: takes a whole CPU, and is the
   * soonest to see a record.
   */
  BUSY_SPIN
}
