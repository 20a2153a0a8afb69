// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Checks that the calling thread's stack has room, before work begins that must not be interrupted
 * in the middle. An application may drive the consumer from deep within its own calls. Any thread
 * may call the methods.
 *
 * <p>The only way to check this in Java is to make calls: a chain of calls goes down and comes
 * back. It changes nothing, so a {@link StackOverflowError} there does no harm.
 */
final class StackHeadroom {

  /**
   * The number of calls. Each takes at least 32 bytes of stack (x86-64, compiled; interpreted, 80
   * and more).
   */
  private static final int FOR_AN_EVENT = 256;

  private static final int FOR_SET_UP = 2048;

  private StackHeadroom() {}

  /**
   * Checks that there is room to write events and to report their outcomes, about 8 KiB. Takes some
   * hundred nanoseconds.
   *
   * @throws StackOverflowError if there is no room
   */
  static void requireForEvents() {
    descend(FOR_AN_EVENT);
  }

  /**
   * Checks that there is room to register and unregister a tracepoint, and for the log lines that
   * follow, about 64 KiB. Takes some microseconds.
   *
   * @throws StackOverflowError if there is no room
   */
  static void requireForSetUp() {
    descend(FOR_SET_UP);
  }

  /** Makes a chain of calls. This is not a tail call, so no compiler can turn it into a loop. */
  private static int descend(int calls) {
    return calls == 0 ? 0 : descend(calls - 1) + 1;
  }
}
