// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.tracepoint.Tracepoint;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The way of events from an exporter to a listener. One thread calls {@link #poll}. One thread,
 * which may be another, calls the other methods.
 */
interface Readback extends AutoCloseable {

  /** Returns the tracepoint to which the exporter writes. It serves only one exporter. */
  Tracepoint tracepoint();

  /** Attaches the listener. Call it after the exporter has registered the tracepoint. */
  void attach() throws IOException;

  /**
   * Passes the bytes of each available event to the sink, each in a new array. Before {@link
   * #detach}, waits a short time for events.
   *
   * @return whether there was an event; false after {@link #detach} means that all events were read
   */
  boolean poll(Consumer<byte[]> sink) throws IOException;

  /** Stops receiving. Events that were written before can still be polled. */
  void detach() throws IOException;

  /**
   * Returns the number of events that the listener and the kernel report as received but not
   * delivered.
   */
  long lostEvents() throws IOException;

  /** Returns the name of this way, for a line of output. */
  String via();

  @Override
  void close();
}
