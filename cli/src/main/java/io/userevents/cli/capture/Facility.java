// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

/** The kernel's facility that delivers events. */
public enum Facility {
  /** perf where the kernel lets this process use it, otherwise ftrace. */
  AUTO,
  /** Needs CAP_PERFMON and read access to tracefs. */
  PERF,
  /** Needs root. */
  FTRACE
}
