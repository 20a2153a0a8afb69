// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.listener.internal.EventFormat;
import java.util.List;

/**
 * The kernel resources of a listener, through one tracing facility: perf or ftrace.
 *
 * <p>The listener has two locks, and each method says which of them its caller must hold. The
 * <em>reader's</em> lock guards memory. The thread in poll holds it, also while its handler runs.
 * The lock of <em>calls</em> guards descriptors. It is held during system calls and never during
 * handlers.
 */
interface Capture {

  Source source();

  /**
   * Returns the layouts of the tracepoints. They are known after {@link #attach} and do not change.
   */
  List<EventFormat> formats();

  /** Returns a text for log lines: the facility and the size of its buffers. */
  String description();

  /**
   * Prepares all resources and starts recording on all CPUs. Recording is active when this method
   * returns. Called once, with both locks held. After a failure, the caller must call {@link
   * #close}.
   */
  void attach() throws ListenerException;

  /**
   * Waits until an event can be read, the listener's {@link Wakeup} is signalled or the time has
   * passed. May return sooner. Called with both locks held.
   *
   * <p>About once a second, this method checks whether CPUs came or went and whether the capture is
   * still switched on, and corrects both.
   *
   * @param timeoutMs in ms; 0 does not wait, a negative value waits without bound
   * @return whether events may be ready to read
   */
  boolean await(int timeoutMs) throws ListenerException;

  /**
   * Passes available events to the handler, up to a bound. Called with the reader's lock held;
   * takes the lock of calls.
   *
   * @return the number of events
   */
  int deliver(EventHandler handler) throws ListenerException;

  /**
   * Passes all events in the buffers to the handler, and leaves them in the buffers. Called with
   * the reader's lock held; takes the lock of calls. Allowed only if the options ask for snapshots.
   *
   * @return the number of events
   */
  int snapshot(EventHandler handler) throws ListenerException;

  /**
   * Returns whether the last {@link #deliver} has read any data, whether or not it contained
   * events.
   */
  boolean hasRead();

  /** Stops receiving. Called with the lock of calls held. */
  void detach() throws ListenerException;

  /**
   * Returns the kernel's counters. After {@link #close}, returns their values at the time of
   * closing. Called with the lock of calls held.
   */
  KernelStatistics statistics() throws ListenerException;

  /**
   * Releases all resources except memory. A step that fails does not prevent the other steps, and
   * the next call tries it again. A refusal by the kernel is logged. Called with the lock of calls
   * held.
   *
   * @return whether all steps are done
   * @throws RuntimeException (or an Error) that a step threw. It is thrown after all steps have
   *     been tried. It is the first one, and the others are suppressed in it.
   */
  boolean close();

  /**
   * Releases the memory. Called once, after {@link #close}, with the reader's lock held.
   *
   * @return the number of events that no handler has received
   */
  long free();
}
