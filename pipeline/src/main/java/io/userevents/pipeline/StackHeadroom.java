// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Asks whether the calling thread's stack has room, before work is begun that must not be ended in
 * the middle. An application may drive the consumer from deep within its own calls. Any thread.
 *
 * <p>Java has no other way to ask than to call: a chain of calls goes down and comes back. It
 * changes nothing, so a {@link StackOverflowError} there costs nothing.
 */
final class StackHeadroom {

  /** Calls, of at least 32 bytes of stack each (x86-64, compiled; interpreted, 80 and more). */
  private static final int FOR_AN_EVENT = 256;

  private static final int FOR_SET_UP = 2048;

  private StackHeadroom() {}

  /**
   * Returns if there is room for writing events and telling their outcomes, about 8 KiB. Takes some
   * hundred nanoseconds.
   *
   * @throws StackOverflowError if not
   */
  static void requireForEvents() {
    descend(FOR_AN_EVENT);
  }

  /**
   * Returns if there is room for registering a tracepoint, for taking that back, and for the log
   * lines that follow, about 64 KiB. Takes some microseconds.
   *
   * @throws StackOverflowError if not
   */
  static void requireForSetUp() {
    descend(FOR_SET_UP);
  }

  /** Not a tail call, which no compiler of Java's would turn into a loop in any case. */
  private static int descend(int calls) {
    return calls == 0 ? 0 : descend(calls - 1) + 1;
  }
}
