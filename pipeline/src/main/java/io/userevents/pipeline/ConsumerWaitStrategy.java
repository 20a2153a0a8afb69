// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * The way in which the consumer waits for records. Each strategy is a trade-off between the cost of
 * an idle consumer and the time until it wakes up. You can set any of Agrona's idle strategies
 * instead ({@link RecordPipelineBuilder#setIdleStrategy}).
 *
 * @since 0.1.0
 */
public enum ConsumerWaitStrategy {
  /**
   * Spins, yields, then sleeps for increasing times. This is the default.
   *
   * <p>A sleep lasts up to 2 ms while a listener is attached, and up to 10 ms while none is. When
   * no record has come for more than a second (5 s without a listener), a sleep lasts 1/500 of that
   * time, up to 20 ms. Without a listener it lasts up to 100 ms, unless there is a state listener
   * or the application asks whether a listener records. The strategy costs publishers nothing in
   * steady state. Without a listener it costs the process less than 1 % of a core.
   *
   * <p>A burst after a pause finds the consumer asleep, so the ring must hold 2 ms of the burst.
   * The publisher that fills a quarter of the ring wakes the consumer from a longer sleep, which is
   * a system call. A publisher that waits for a slot, a flush and {@link RecordPipeline#wakeUp}
   * wake it from any sleep.
   *
   * <p>After a call of {@link RecordPipeline#wakeUp}, the consumer sleeps for 100 ms at once when
   * it has written all records, if only the thread of that call has published since the call
   * before, and no thread has published after it. Each further call with no other records in
   * between doubles this sleep, up to 1.6 s. The sleep lasts 20 ms if there is a state listener, or
   * if the application asks whether a listener records.
   */
  SLEEPING,
  /**
   * Spins for a moment, then sleeps until a publisher wakes it. The first publisher after a pause
   * does so, which is a system call on the publishing thread. Every publisher pays for a memory
   * fence. If the publisher loses its CPU before it wakes the consumer, the consumer wakes up after
   * 10 ms at most.
   */
  BLOCKING,
  /**
   * Yields the CPU repeatedly, by Agrona's {@code YieldingIdleStrategy}. It takes the CPU time that
   * no other thread needs.
   */
  YIELDING,
  /**
   * Spins without end, by Agrona's {@code BusySpinIdleStrategy}. It takes a whole CPU, and sees a
   * record soonest.
   */
  BUSY_SPIN
}
