// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Is told when the state of a pipeline's tracepoint changes, and when listeners attach, record and
 * detach.
 *
 * <p>All methods are called by the consumer's thread, once for each change and in its order; the
 * first calls come before the pipeline is built. They hold up the consumer, so they must not block;
 * to publish records is allowed. What they throw is logged and otherwise ignored.
 *
 * <p>A pipeline with a state listener asks the kernel whether who is attached records, as if {@link
 * RecordPipeline#recordingNumber} had been called.
 *
 * <p>The kernel sets and clears a bit in memory and tells nobody. The consumer looks at the bit in
 * each duty cycle, which is every few milliseconds while no records come (up to 20 ms after a pause
 * of 10 s; with an idle strategy or a duty cycle of the application's, as often as that has it
 * run). Where the machine cannot have the tracepoint it does not look. A change is therefore told a
 * little late, and a listener that comes and goes between two looks is not seen.
 */
public interface TracepointStateListener {

  /** Ignores all. */
  TracepointStateListener NONE = new TracepointStateListener() {};

  /**
   * The state has changed; {@link #onAttach} or {@link #onDetach} follows if that is the change.
   *
   * @param previous the state that it was in
   * @param current the state that it is in
   */
  default void onStateChange(TracepointState previous, TracepointState current) {}

  /**
   * A listener has attached: from {@code REGISTERED} to {@code ATTACHED}. It may not record yet; to
   * show it something at once, wait for {@link #onRecording}.
   */
  default void onAttach() {}

  /**
   * A listener that is attached was seen to record on the consumer's CPU, and records on the others
   * as good as now: perf has them begin one after the other. Called after {@link #onAttach}, mostly
   * within milliseconds of when it records, up to a second late from 5 s on; called again if it
   * ends recording without detaching, and begins again. See {@link RecordPipeline#recordingNumber}.
   */
  default void onRecording() {}

  /**
   * The last listener has detached, or the tracepoint is about to be unregistered: from {@code
   * ATTACHED} to {@code REGISTERED}.
   */
  default void onDetach() {}
}
