// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.listener.ListenerException;
import org.agrona.DirectBuffer;

/** Where the reader takes events from: a listener, or a program that measures the agent. */
interface EventSource extends AutoCloseable {

  /** {@link #poll} returns this once the source is closed. */
  int CLOSED = -1;

  /** Gets the events. */
  @FunctionalInterface
  interface Handler {

    /**
     * Called for each event.
     *
     * @param payload its bytes, valid during the call
     * @param timestampNs when it was written
     * @param pid process that wrote it; 0 if it is in another pid namespace, {@link
     *     io.userevents.listener.Sample#UNKNOWN_PID} if only the thread is known
     * @param tid thread that wrote it
     */
    void onEvent(DirectBuffer payload, long timestampNs, int pid, int tid);
  }

  /** What did not come in: see the listener's statistics. */
  record Losses(long lostByKernel, long notHandedOut, long interruptions) {}

  /** As {@link io.userevents.listener.TracepointListener#poll}. */
  int poll(Handler handler, int timeoutMs) throws ListenerException;

  /** Ends the poll that waits. Any thread may call it. */
  void wakeup();

  /** Lets no more events in; those that are there can be polled. */
  void detach() throws ListenerException;

  /** What was lost so far. Any thread may call it. */
  Losses losses();

  @Override
  void close();
}
