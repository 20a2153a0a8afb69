// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.EventHandler;

/** Reads the events of a file of one format. Not thread-safe. */
interface Reader extends AutoCloseable {

  /** Passes the next events to the handler; see {@link EventFile#poll}. */
  int poll(EventHandler handler) throws EventFileException;

  Formats formats();

  /** See {@link EventFile#clock}. */
  String clock();

  @Override
  default void close() {}
}
