// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import io.userevents.listener.Sample;
import java.io.IOException;

/** Receives the events of files. Used by one thread. */
interface EventSink {

  /** Adds an event. The object is reused after the call. */
  void add(Sample sample) throws IOException;

  /** Called from time to time, so that only a few events wait in memory. */
  void refresh() throws IOException;

  /** Called once, after the last event. */
  void end() throws IOException;

  /** Returns the outcome of the events, for the summary. */
  String summary();
}
