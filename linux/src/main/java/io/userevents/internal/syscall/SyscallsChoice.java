// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

import java.util.Locale;

/**
 * Chooses the library that makes the system calls of this process. It is {@code java.lang.foreign}
 * where the JDK has it (22 and newer) and native access is not denied, and JNA otherwise. Any
 * thread may call the method.
 */
final class SyscallsChoice {

  /** The property that forces one: {@code auto}, {@code foreign} or {@code jna}. */
  static final String PROPERTY = "io.userevents.syscalls";

  private SyscallsChoice() {}

  /**
   * Returns the system calls that the property chooses.
   *
   * @throws UnsupportedOperationException if that library, or for {@code auto} neither of the two,
   *     can be used
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
