// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * A listener that is called when the state of a pipeline's tracepoint changes, and when listeners
 * of the tracepoint attach, record and detach.
 *
 * <p>The consumer's thread calls all methods, once for each change and in the order of the changes.
 * The first calls come before the pipeline is built. The methods hold up the consumer, so they must
 * not block; they may publish records. If they throw, the pipeline logs this and continues.
 *
 * <p>A pipeline with a state listener asks the kernel whether the attached listener records, as if
 * {@link RecordPipeline#recordingNumber} had been called.
 *
 * <p>The kernel sets and clears a bit in memory and sends no signal. The consumer reads the bit in
 * each duty cycle. While no records come, that is every few milliseconds, and up to 20 ms after a
 * pause of 10 s. With an idle strategy or a duty cycle of the application, it is as often as they
 * run the consumer. On a machine that cannot have the tracepoint, the consumer does not read it. So
 * the pipeline reports a change a little late, and does not see a listener that comes and goes
 * between two readings.
 *
 * @since 0.1.0
 */
public interface TracepointStateListener {

  /** A listener that ignores all changes. */
  TracepointStateListener NONE = new TracepointStateListener() {};

  /**
   * Receives a change of the state. A call of {@link #onAttach} or {@link #onDetach} follows if the
   * change is one of these.
   *
   * @param previous the state before the change
   * @param current the state after the change
   */
  default void onStateChange(TracepointState previous, TracepointState current) {}

  /**
   * Receives that a listener has attached: the state has changed from {@code REGISTERED} to {@code
   * ATTACHED}. The listener may not record yet; to send it records at once, wait for {@link
   * #onRecording}.
   */
  default void onAttach() {}

  /**
   * Receives that the attached listener records on the consumer's CPU. It records on the other CPUs
   * at nearly the same time, because perf starts them one after the other. The call comes after
   * {@link #onAttach}, mostly within milliseconds of the start of the recording, and up to a second
   * late if the listener starts later than 5 s after it attached. It comes again if the listener
   * stops recording without detaching and starts again. See {@link RecordPipeline#recordingNumber}.
   */
  default void onRecording() {}

  /**
   * Receives that the last listener has detached, or that the tracepoint will be unregistered now:
   * the state has changed from {@code ATTACHED} to {@code REGISTERED}.
   */
  default void onDetach() {}
}
