// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import java.util.Locale;

/**
 * Decides what makes the system calls of this process: {@code java.lang.foreign}, where the JDK has
 * it (22 and newer) and native access is not denied, otherwise JNA. Thread-safe.
 */
final class SyscallsChoice {

  /** The property that forces one: {@code auto}, {@code foreign} or {@code jna}. */
  static final String PROPERTY = "io.userevents.syscalls";

  private SyscallsChoice() {}

  /**
   * Returns what the property asks for.
   *
   * @throws UnsupportedOperationException if that, or for {@code auto} both, cannot be used
   */
  static Syscalls make() {
    return make(System.getProperty(PROPERTY, "auto"));
  }

  static Syscalls make(String asked) {
    return switch (asked.strip().toLowerCase(Locale.ROOT)) {
      case "auto", "" -> foreignOrJna();
      case "foreign" -> ForeignSyscalls.instance();
      case "jna" -> JnaSyscalls.instance();
      default ->
          throw new UnsupportedOperationException(
              "unknown way to make system calls: "
                  + PROPERTY
                  + "="
                  + asked
                  + "; set it to auto, foreign or jna");
    };
  }

  private static Syscalls foreignOrJna() {
    UnsupportedOperationException refused;
    try {
      return ForeignSyscalls.instance();
    } catch (UnsupportedOperationException e) {
      refused = e;
    }
    try {
      return JnaSyscalls.instance();
    } catch (UnsupportedOperationException e) {
      e.addSuppressed(refused);
      throw e;
    }
  }
}
