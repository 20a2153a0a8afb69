// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

/** Failures of a listener, for tests of its users. */
public final class ListenerFailures {

  private static final int EIO = 5;

  private ListenerFailures() {}

  /** A read that the kernel refuses. */
  public static ListenerException ofRead() {
    return ListenerException.ofErrno("read", "trace_pipe_raw", EIO, "try again", null);
  }
}
