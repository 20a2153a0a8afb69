// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/**
 * The kernel facility through which a listener receives events.
 *
 * @since 0.1.0
 */
public enum Source {
  /**
   * perf: a memory ring for each CPU ({@code perf_event_open(2)}). It delivers events up to {@link
   * io.userevents.tracepoint.EventLayout#MAX_LENGTH_PERF} bytes. The kernel ends the capture when
   * the process ends for any reason. perf needs CAP_PERFMON or root, and read access to tracefs.
   */
  PERF,

  /**
   * ftrace: a trace instance in tracefs. It delivers events up to {@link
   * io.userevents.tracepoint.EventLayout#MAX_LENGTH_FTRACE} bytes. After a kill -9 of the process,
   * the instance stays enabled and applications continue to export until another listener is
   * opened. ftrace needs root.
   */
  FTRACE,

  /**
   * perf if the kernel allows this process to use it, otherwise ftrace. The log has the choice and
   * its reason.
   */
  AUTO
}
