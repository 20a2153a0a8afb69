// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/** Names of clocks, as in {@code perf record --clockid}. */
final class Clocks {

  static final String PERF = "perf";
  static final String MONOTONIC = "mono";

  private Clocks() {}

  /** Returns the name of a clock of {@code clock_gettime(2)}. */
  static String name(int clock) {
    return switch (clock) {
      case 0 -> "realtime";
      case 1 -> MONOTONIC;
      case 4 -> "raw";
      case 7 -> "boot";
      case 11 -> "tai";
      default -> "clock " + clock;
    };
  }
}
