// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Reaction;

/**
 * Makes the system calls before a registration. It tries some of them again, and explains a
 * refusal.
 */
final class SetUpCalls {

  private final String eventName;

  SetUpCalls(String eventName) {
    this.eventName = eventName;
  }

  /**
   * Returns whether the call must not be repeated: it has succeeded, its error is not one that
   * passes, or it was made often enough. Needs no memory.
   */
  static boolean isLast(Call call, int result, int attempt) {
    return result >= 0
        || TracepointErrors.of(call, -result).reaction() != Reaction.RETRY_AT_ONCE
        || attempt == TracepointErrors.MAX_ATTEMPTS;
  }

  /** Returns a descriptor of the file: the one that was passed, or a new one. */
  int open(Syscalls calls, DataFile file) throws RegistrationException {
    return file.isInherited() ? inherit(calls, file) : openAnew(calls, file);
  }

  private int openAnew(Syscalls calls, DataFile file) throws RegistrationException {
    int opened;
    int attempt = 0;
    do {
      opened = calls.open(file.path(), Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);
    } while (!isLast(Call.OPEN, opened, ++attempt));
    if (opened < 0) {
      throw refused(Call.OPEN, opened, file);
    }
    return opened;
  }

  /**
   * Checks the descriptor before the kernel registers with it. The kernel also registers with a
   * descriptor that is open for reading only; each write then fails with EBADF, as if no listener
   * were attached.
   */
  private int inherit(Syscalls calls, DataFile file) throws RegistrationException {
    int flags;
    int attempt = 0;
    do {
      flags = calls.fcntl(file.descriptor(), Syscalls.F_GETFL, 0);
    } while (!isLast(Call.INHERIT, flags, ++attempt));
    if (flags < 0) {
      throw refused(Call.INHERIT, flags, file);
    }
    if (!DataFile.isWritable(flags)) {
      throw refused(Call.INHERIT, -Errno.EACCES.number(), file);
    }
    if (!file.mayBeRegular()) {
      throw refused(Call.INHERIT, -Errno.ENOTTY.number(), file);
    }
    return file.descriptor();
  }

  /** Returns the exception that explains the refusal of a call. */
  RegistrationException refused(Call call, int result, DataFile file) {
    // In this case the kernel has only said that the descriptor is of another file.
    boolean anotherFile = file.isInherited() && Errno.ENOTTY.is(result);
    String remedy =
        TracepointErrors.of(anotherFile ? Call.INHERIT : call, -result)
            .remedy(eventName, file.path());
    return RegistrationException.ofErrno(
        eventName,
        file.toString(),
        call.text(),
        -result,
        file.obstacle().isEmpty() ? remedy : remedy + "; " + file.obstacle());
  }
}
