// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/** A format of files of events. */
public enum FileFormat {
  /** A file of {@code perf record}. */
  PERF_DATA,

  /** A stream of {@code perf record -o -}, or a file of {@link PerfDataWriter}. */
  PERF_STREAM,

  /** A file of {@code trace-cmd record}, version 6 or 7. */
  TRACE_DAT
}
