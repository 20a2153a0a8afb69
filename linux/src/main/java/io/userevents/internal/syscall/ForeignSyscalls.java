// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.syscall;

/**
 * Stands in for the class of this name in {@code META-INF/versions/22}, which makes system calls
 * through {@code java.lang.foreign}: Java 22 is the first version that has it.
 */
final class ForeignSyscalls {

  private ForeignSyscalls() {}

  /** Always throws, because this JVM has no {@code java.lang.foreign}. */
  @SuppressWarnings("DoNotCallSuggester")
  static Syscalls instance() {
    throw new UnsupportedOperationException(
        "java.lang.foreign needs Java 22 or newer, and the archive of this project: java.version="
            + System.getProperty("java.version")
            + "; use JNA");
  }
}
