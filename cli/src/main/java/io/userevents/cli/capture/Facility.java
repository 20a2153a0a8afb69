// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

/** The kernel's facility that delivers events. */
public enum Facility {
  /** perf if the kernel allows this process to use it, otherwise ftrace. */
  AUTO,
  /** Needs CAP_PERFMON and read access to tracefs. */
  PERF,
  /** Needs root. */
  FTRACE
}
