// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;

/** Gives tests of other packages the exceptions that only this package can make. */
public final class RegistrationFailures {

  private RegistrationFailures() {}

  /** A failure to open. */
  public static RegistrationException of(Errno errno) {
    return RegistrationException.ofErrno("test", "/path", "open", errno.number(), "correct it");
  }

  /** A machine that cannot make system calls. */
  public static RegistrationException unsupported() {
    return RegistrationException.ofUnsupported(
        "test", new UnsupportedOperationException("no such machine"));
  }
}
