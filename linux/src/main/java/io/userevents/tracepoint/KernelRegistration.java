// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.TracepointErrors.Call;

/**
 * Registers an event and its {@link EnableWord} with the kernel, and takes that back. The word is
 * held from before the kernel is told its address until the kernel confirms that it has forgotten
 * it. Not thread-safe.
 */
final class KernelRegistration {

  private final String eventName;
  private final EnableWord enableWord;
  private final TracepointLog log;
  private final SetUpCalls setUp;
  private final RegistrationArguments arguments;
  private int loggedErrno;

  KernelRegistration(String eventName, EnableWord enableWord, SetUpCalls setUp, TracepointLog log) {
    this.eventName = eventName;
    this.enableWord = enableWord;
    this.setUp = setUp;
    this.log = log;
    arguments = new RegistrationArguments(eventName);
  }

  /**
   * Registers through a descriptor of the file. First takes back a registration whose end the
   * kernel has not confirmed: it does so through any descriptor of the file ({@code
   * user_events_ioctl_unreg}), and otherwise refuses the same word and bit.
   *
   * @return the write index, which each event begins with
   * @throws RegistrationException if the kernel refuses
   */
  int register(Syscalls calls, int descriptor, DataFile file) throws RegistrationException {
    if (enableWord.isHeld() && tryUnregister(calls, descriptor) >= 0) {
      enableWord.release();
    }
    // Before the kernel knows the address. Held for good if the call throws: who knows how far it
    // came.
    boolean newlyHeld = enableWord.hold();
    int result =
        SetUpCalls.attempt(Call.REGISTER, () -> arguments.register(calls, descriptor, enableWord));
    if (result < 0) {
      // This refusal says nothing about a registration that was never confirmed to be gone.
      if (newlyHeld) {
        enableWord.release();
      }
      throw setUp.refused(Call.REGISTER, result, file);
    }
    return arguments.writeIndex();
  }

  /**
   * Takes the registration back. Needs no memory of the heap. Whatever happens, nobody is attached
   * afterwards.
   *
   * @return 0, or the error of the kernel, negated; then the enable word is kept
   */
  int unregister(Syscalls calls, int descriptor) {
    boolean confirmed = false;
    try {
      int result = tryUnregister(calls, descriptor);
      confirmed = result >= 0;
      return result;
    } finally {
      if (confirmed) {
        enableWord.release();
      } else {
        abandon();
      }
    }
  }

  /** Leaves a registration that there is no descriptor for to take it back. */
  void abandon() {
    // What it says is of a registration that nobody writes for any more.
    enableWord.clear();
  }

  /** Like {@link RegistrationArguments#identify}. */
  int identify(Syscalls calls, int descriptor) {
    return arguments.identify(calls, descriptor);
  }

  /** Logs a failure once in a row: who registers again and again must not fill the log. */
  void logNotUnregistered(int errno) {
    if (errno != loggedErrno) {
      loggedErrno = errno;
      log.warn(
          () ->
              "cannot unregister tracepoint "
                  + eventName
                  + ": errno="
                  + Errno.describe(errno)
                  + "; its enable word of "
                  + EnableWord.LENGTH
                  + " bytes is kept until the kernel confirms it or the process ends, because the"
                  + " kernel may still write to it; nothing is to be done");
    }
  }

  /** Like {@link SetUpCalls#attempt}, without an object. */
  private int tryUnregister(Syscalls calls, int descriptor) {
    for (int attempt = 1; ; attempt++) {
      int result = arguments.unregister(calls, descriptor, enableWord);
      if (SetUpCalls.isLast(Call.UNREGISTER, result, attempt)) {
        return result;
      }
    }
  }
}
