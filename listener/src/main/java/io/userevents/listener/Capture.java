// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.internal.EventFormat;
import java.util.List;

/**
 * What a listener has in the kernel, by one of its facilities.
 *
 * <p>Each method says which of the listener's two locks its caller holds: the <em>reader's</em>,
 * which the thread in poll has, also while its handler runs, and which guards memory; or that of
 * <em>calls</em>, which guards descriptors and is held during system calls, never during handlers.
 */
interface Capture {

  Source source();

  /** The layouts of the tracepoints, from {@link #attach} on; does not change after it. */
  List<EventFormat> formats();

  /** For log lines: where events come from, and how much memory that takes. */
  String description();

  /**
   * Makes everything ready and records from when this returns, on all CPUs. Once, with both locks.
   * After a failure, {@link #close} is due.
   */
  void attach() throws ListenerException;

  /**
   * Waits until there is something to read, the listener's {@link Wakeup} is signalled or the time
   * has passed; may return sooner. With both locks.
   *
   * <p>About once a second it looks whether CPUs came or went and whether the capture is still
   * switched on, and puts that right.
   *
   * @param timeoutMs 0 does not wait, negative waits without bound
   * @return whether something seems to be there
   */
  boolean await(int timeoutMs) throws ListenerException;

  /**
   * Hands out what is there, up to a bound. With the reader's lock; takes that of calls.
   *
   * @return how many events
   */
  int deliver(EventHandler handler) throws ListenerException;

  /**
   * Hands out all that the buffers have, which stays in them. With the reader's lock; takes that of
   * calls. Only if that was asked for in the options.
   *
   * @return how many events
   */
  int snapshot(EventHandler handler) throws ListenerException;

  /** Whether the last {@link #deliver} has read anything, events or not. */
  boolean hasRead();

  /** Stops receiving. With the lock of calls. */
  void detach() throws ListenerException;

  /** With the lock of calls. After {@link #close}, what was counted then. */
  KernelStatistics statistics() throws ListenerException;

  /**
   * Gives everything back but memory. A step that fails keeps none of the others from being done,
   * and is tried again by the next call. What the kernel refuses is logged. With the lock of calls.
   *
   * @return whether all is done
   * @throws RuntimeException like any Error, if a step throws it: the first, with the others as
   *     suppressed ones, when all steps have been tried
   */
  boolean close();

  /**
   * Releases the memory. Once, after {@link #close}, with the reader's lock.
   *
   * @return how many events nobody has seen
   */
  long free();
}
