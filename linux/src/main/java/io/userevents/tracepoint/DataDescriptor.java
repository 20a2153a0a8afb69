// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import java.util.function.Supplier;

/**
 * Holds the descriptor of {@code user_events_data} that a tracepoint writes to, and knows whether
 * this process has lost it. A lost descriptor was closed by other code, so its number belongs to
 * nobody or to another file, and it is not used any more. This class is not thread-safe.
 */
final class DataDescriptor {

  private static final int NONE = -1;

  private final String eventName;
  private final TracepointLog log;

  /** Made with the object, because it may be needed where memory is too short to link it. */
  private final Supplier<String> loss = this::describeLoss;

  private int number = NONE;
  private boolean inherited;
  private boolean lost;
  private boolean lossLogged;
  private int lossErrno;

  DataDescriptor(String eventName, TracepointLog log) {
    this.eventName = eventName;
    this.log = log;
  }

  /**
   * Holds a descriptor from now on.
   *
   * @param isInherited whether other code has opened it; that code closes it too
   */
  void hold(int opened, boolean isInherited) {
    number = opened;
    inherited = isInherited;
    lost = false;
  }

  /** Forgets the descriptor and returns its number. */
  int giveUp() {
    int held = number;
    number = NONE;
    lost = false;
    return held;
  }

  boolean isHeld() {
    return number != NONE;
  }

  int number() {
    return number;
  }

  boolean isLost() {
    return lost;
  }

  /** Returns whether this process opened it for the tracepoint and has not lost it. */
  boolean isOwn() {
    return !inherited && !lost;
  }

  /**
   * Finds out whether the descriptor is closed, after a call has failed with EBADF. The kernel
   * gives this answer for another reason too.
   *
   * @return whether it is closed, and so lost
   */
  boolean loseIfClosed(Syscalls calls) {
    if (!Errno.EBADF.is(calls.fcntl(number, Syscalls.F_GETFL, 0))) {
      return false;
    }
    lose(Errno.EBADF.number());
    return true;
  }

  /** Notes that the descriptor is lost. The first loss is logged. */
  void lose(int errno) {
    lost = true;
    if (!lossLogged) {
      lossLogged = true;
      lossErrno = errno;
      log.warn(loss);
    }
  }

  private String describeLoss() {
    return "tracepoint "
        + eventName
        + ": other code of this process closed the descriptor of user_events_data, or the"
        + " process was restored from a checkpoint: descriptor="
        + number
        + " errno="
        + Errno.describe(lossErrno)
        + "; it is registered again; find the code that closes descriptors that it has not"
        + " opened (not logged again)";
  }
}
