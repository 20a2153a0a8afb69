// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.listener.ListenerException;
import org.agrona.DirectBuffer;

/**
 * The source from which the reader takes events: a listener, or a program that measures the agent.
 */
interface EventSource extends AutoCloseable {

  /** The value that {@link #poll} returns once the source is closed. */
  int CLOSED = -1;

  /** Receives the events. */
  @FunctionalInterface
  interface Handler {

    /**
     * Receives one event.
     *
     * @param payload its bytes, valid during the call
     * @param timestampNs time at which it was written, in ns
     * @param pid process that wrote it; 0 if it is in another pid namespace, {@link
     *     io.userevents.listener.Sample#UNKNOWN_PID} if only the thread is known
     * @param tid thread that wrote it
     */
    void onEvent(DirectBuffer payload, long timestampNs, int pid, int tid);
  }

  /** The events that were not received: see the listener's statistics. */
  record Losses(
      long lostByKernel,
      long notHandedOut,
      long interruptions,
      long malformedBuffers,
      long leftInKernel) {

    Losses(long lostByKernel, long notHandedOut, long interruptions) {
      this(lostByKernel, notHandedOut, interruptions, 0, 0);
    }
  }

  /** Does the same as {@link io.userevents.listener.TracepointListener#poll}. */
  int poll(Handler handler, int timeoutMs) throws ListenerException;

  /** Ends the wait of a poll. Any thread may call it. */
  void wakeup();

  /** Stops receiving. Events that are already in the buffers can still be polled. */
  void detach() throws ListenerException;

  /** Returns the losses so far. Any thread may call it. */
  Losses losses();

  @Override
  void close();
}
