// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.tracepoint.TracepointErrors.Call;
import java.util.function.Supplier;

/**
 * Registers an event and its {@link EnableWord} with the kernel, and unregisters them. The word is
 * held from before the kernel gets its address until the kernel confirms that it has forgotten the
 * address. This class is not thread-safe.
 */
final class KernelRegistration {

  private final String eventName;
  private final EnableWord enableWord;
  private final TracepointLog log;
  private final SetUpCalls setUp;
  private final RegistrationArguments arguments;

  /** Made with the object, because it may be needed where memory is too short to link it. */
  private final Supplier<String> notUnregistered = this::describeNotUnregistered;

  private int loggedErrno;

  KernelRegistration(String eventName, EnableWord enableWord, SetUpCalls setUp, TracepointLog log) {
    this.eventName = eventName;
    this.enableWord = enableWord;
    this.setUp = setUp;
    this.log = log;
    arguments = new RegistrationArguments(eventName);
  }

  /**
   * Registers through a descriptor of the file. If the kernel has not confirmed the end of an
   * earlier registration, this method first unregisters that one: the kernel does so through any
   * descriptor of the file ({@code user_events_ioctl_unreg}), and otherwise refuses the same word
   * and bit.
   *
   * @return the write index, which each event begins with
   * @throws RegistrationException if the kernel refuses
   */
  int register(Syscalls calls, int descriptor, DataFile file) throws RegistrationException {
    if (enableWord.isHeld() && tryUnregister(calls, descriptor) >= 0) {
      enableWord.release();
    }
    // This must come before the kernel knows the address. If the call throws, the word is held for
    // good, because nobody knows how far the call came.
    boolean newlyHeld = enableWord.hold();
    int result;
    int attempt = 0;
    do {
      result = arguments.register(calls, descriptor, enableWord);
    } while (!SetUpCalls.isLast(Call.REGISTER, result, ++attempt));
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
   * Unregisters. The method needs no memory of the heap. Afterwards no listener is attached, even
   * if the call fails.
   *
   * @return 0, or the negated errno of the kernel; in that case the enable word is kept
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

  /** Abandons a registration for which there is no descriptor left to unregister through. */
  void abandon() {
    // The word speaks of a registration for which nobody writes any more.
    enableWord.clear();
  }

  /** Asks which file a descriptor belongs to, see {@link RegistrationArguments#identify}. */
  int identify(Syscalls calls, int descriptor) {
    return arguments.identify(calls, descriptor);
  }

  /**
   * Logs only the first failure in a row: a tracepoint that registers again and again must not fill
   * the log.
   */
  void logNotUnregistered(int errno) {
    if (errno != loggedErrno) {
      loggedErrno = errno;
      log.warn(notUnregistered);
    }
  }

  private int tryUnregister(Syscalls calls, int descriptor) {
    int result;
    int attempt = 0;
    do {
      result = arguments.unregister(calls, descriptor, enableWord);
    } while (!SetUpCalls.isLast(Call.UNREGISTER, result, ++attempt));
    return result;
  }

  private String describeNotUnregistered() {
    return "cannot unregister tracepoint "
        + eventName
        + ": errno="
        + Errno.describe(loggedErrno)
        + "; its enable word of "
        + EnableWord.LENGTH
        + " bytes is kept until the kernel confirms it or the process ends, because the"
        + " kernel may still write to it; you need to do nothing";
  }
}
