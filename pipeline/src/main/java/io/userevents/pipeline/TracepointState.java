// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Says where a pipeline's tracepoint is in its life. It moves from one state to a neighbour:
 *
 * <pre>
 *   UNSUPPORTED &lt;--- UNAVAILABLE &lt;--&gt; REGISTERED &lt;--&gt; ATTACHED
 *        |                |              |
 *        +----------------+--------------+--&gt; CLOSED
 * </pre>
 */
public enum TracepointState {
  /** Not registered: not yet, not any more, or refused; it is tried again. */
  UNAVAILABLE,
  /**
   * This machine cannot have the tracepoint: it is not a 64-bit Linux, JNA cannot load its native
   * library, or a seccomp filter hides the calls ({@code GIVE_UP} in {@link
   * io.userevents.tracepoint.TracepointErrors}). It is not tried again. Only {@link #CLOSED}
   * follows.
   */
  UNSUPPORTED,
  /** Registered, and nobody listens. */
  REGISTERED,
  /** Registered, and somebody listens: records are written. */
  ATTACHED,
  /** The pipeline is closed. The last state. */
  CLOSED
}
