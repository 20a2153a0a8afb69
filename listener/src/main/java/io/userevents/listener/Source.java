// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/** The kernel's facility by which a listener receives events. */
public enum Source {
  /**
   * perf: a ring of memory for each CPU ({@code perf_event_open(2)}). Delivers events up to {@link
   * io.userevents.tracepoint.EventLayout#MAX_LENGTH_PERF} bytes, and the kernel ends it with the
   * process, however that ends. Needs CAP_PERFMON or root, and read access to tracefs.
   */
  PERF,

  /**
   * ftrace: a trace instance in tracefs. Delivers events up to {@link
   * io.userevents.tracepoint.EventLayout#MAX_LENGTH_FTRACE} bytes. After a kill -9 of the process
   * the instance stays enabled, so that applications go on exporting, until another listener is
   * opened. Needs root.
   */
  FTRACE,

  /** perf if the kernel lets this process use it, otherwise ftrace; the log says which and why. */
  AUTO
}
