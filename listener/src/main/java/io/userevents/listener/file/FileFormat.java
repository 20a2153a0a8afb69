// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/**
 * The format of a file of events.
 *
 * @since 0.1.0
 * @since 0.1.0
 */
public enum FileFormat {
  /** A file of {@code perf record}. */
  PERF_DATA,

  /** A stream of {@code perf record -o -}, or a file of {@link PerfDataWriter}. */
  PERF_STREAM,

  /** A file of {@code trace-cmd record}, version 6 or 7. */
  TRACE_DAT
}
