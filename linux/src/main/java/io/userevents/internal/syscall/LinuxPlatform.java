// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

/** Knows the differences between the platforms that this project runs on. */
final class LinuxPlatform {

  static final long UNKNOWN = -1;

  /** The number of {@code perf_event_open(2)}, for which libc has no function. */
  static final long PERF_EVENT_OPEN = perfEventOpenOf(System.getProperty("os.arch", ""));

  private LinuxPlatform() {}

  /** Returns the names of the operating system and the processor, for a message. */
  static String found() {
    return "os.name=" + System.getProperty("os.name") + " os.arch=" + System.getProperty("os.arch");
  }

  /**
   * Checks that this is a 64-bit Linux.
   *
   * @throws UnsupportedOperationException if it is not
   */
  static void require() {
    boolean isLinux = "Linux".equals(System.getProperty("os.name"));
    if (!isLinux || !"64".equals(System.getProperty("sun.arch.data.model", "64"))) {
      throw new UnsupportedOperationException(
          "user_events needs a 64-bit Linux: "
              + found()
              + "; use another metric exporter on this platform");
    }
  }

  /** From {@code asm/unistd_64.h} of x86-64 and {@code asm-generic/unistd.h}. */
  static long perfEventOpenOf(String architecture) {
    return switch (architecture) {
      case "amd64", "x86_64" -> 298;
      case "aarch64", "riscv64", "loongarch64" -> 241;
      default -> UNKNOWN;
    };
  }
}
