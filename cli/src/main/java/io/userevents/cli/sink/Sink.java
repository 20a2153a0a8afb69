// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import java.io.IOException;

/** Takes events, shows their points and counts them. Used by one thread. */
public interface Sink extends AutoCloseable {

  /**
   * Takes an event.
   *
   * @param event its bytes, which are read during the call only
   * @param pid process that wrote it; 0 if that is not known
   * @param nowNs {@link System#nanoTime} of its arrival
   */
  void add(byte[] event, int pid, long nowNs);

  /** Points that were shown, or added to a series that is. */
  long points();

  /** What was not shown, and why: clauses that each begin with a semicolon, or nothing. */
  String omissions();

  /** Called several times a second, whether something has come or not. */
  void refresh(String status, long nowNs) throws IOException;

  /** Called once, after the last event. */
  void end(String status, long nowNs) throws IOException;

  @Override
  void close() throws IOException;
}
