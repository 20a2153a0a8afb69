// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.tracepoint.Tracepoint;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The way of events from an exporter to a listener. {@link #poll} is called by one thread; the
 * others by one too, which may be another.
 */
interface Readback extends AutoCloseable {

  /** Where the exporter is to write; for one exporter only. */
  Tracepoint tracepoint();

  /** Attaches the listener. To be called once the exporter has registered the tracepoint. */
  void attach() throws IOException;

  /**
   * Hands out the bytes of what has come in, in arrays of their own; waits for it a short while,
   * until detached.
   *
   * @return whether there was something; false after {@link #detach} means that all was read
   */
  boolean poll(Consumer<byte[]> sink) throws IOException;

  /** Stops receiving; what was written before can still be polled. */
  void detach() throws IOException;

  /** Events that came in but could not be handed out, as the listener and the kernel report it. */
  long lostEvents() throws IOException;

  /** What it is, for a line of output. */
  String via();

  @Override
  void close();
}
