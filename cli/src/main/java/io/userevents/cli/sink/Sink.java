// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import java.io.IOException;

/** Receives events, shows their points and counts them. Used by one thread. */
public interface Sink extends AutoCloseable {

  /**
   * Adds an event.
   *
   * @param event its bytes, which are read only during the call
   * @param pid process that wrote it; 0 if it is unknown
   * @param nowNs {@link System#nanoTime} of its arrival
   */
  void add(byte[] event, int pid, long nowNs);

  /** Returns the number of points that were shown or added to a series that is shown. */
  long points();

  /**
   * Returns clauses about points that were not shown and the reason. Each begins with a semicolon.
   * Empty if there are none.
   */
  String omissions();

  /** Called several times a second, whether or not an event has arrived. */
  void refresh(String status, long nowNs) throws IOException;

  /** Called once, after the last event. */
  void end(String status, long nowNs) throws IOException;

  @Override
  void close() throws IOException;
}
