// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import io.userevents.listener.Sample;
import java.io.IOException;

/** Where the events of files go. Used by one thread. */
interface EventSink {

  /** Takes an event, which is used again after the call. */
  void add(Sample sample) throws IOException;

  /** Called now and then, so that no more than some events wait in memory. */
  void refresh() throws IOException;

  /** Called once, after the last event. */
  void end() throws IOException;

  /** What became of the events, for the summary. */
  String summary();
}
