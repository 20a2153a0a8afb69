// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Where a pipeline's tracepoint is in its life. It moves from one state to a neighbour:
 *
 * <pre>
 *   UNAVAILABLE &lt;--&gt; REGISTERED &lt;--&gt; ATTACHED
 *        |              |
 *        +--------------+--&gt; CLOSED
 * </pre>
 */
public enum TracepointState {
  /** Not registered: not yet, not any more, or refused; it is tried again unless that is futile. */
  UNAVAILABLE,
  /** Registered, and nobody listens. */
  REGISTERED,
  /** Registered, and somebody listens: records are written. */
  ATTACHED,
  /** The pipeline is closed. The last state. */
  CLOSED
}
