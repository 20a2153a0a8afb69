// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * The state of a pipeline's tracepoint. It moves only along these arrows:
 *
 * <pre>
 *   UNSUPPORTED &lt;--- UNAVAILABLE &lt;--&gt; REGISTERED &lt;--&gt; ATTACHED
 *        |                |              |
 *        +----------------+--------------+--&gt; CLOSED
 * </pre>
 *
 * @since 0.1.0
 */
public enum TracepointState {
  /**
   * The tracepoint is not registered, not registered any more, or was refused; the pipeline tries
   * again.
   */
  UNAVAILABLE,
  /**
   * This machine cannot have the tracepoint: it is not a 64-bit Linux, JNA cannot load its native
   * library, or a seccomp filter hides the calls ({@code GIVE_UP} in {@link
   * io.userevents.tracepoint.TracepointErrors}). The pipeline does not try again. Only {@link
   * #CLOSED} follows.
   */
  UNSUPPORTED,
  /** The tracepoint is registered, and no listener is attached. */
  REGISTERED,
  /** The tracepoint is registered and a listener is attached, so records are written. */
  ATTACHED,
  /** The pipeline is closed. This is the last state. */
  CLOSED
}
