// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointFormat;
import java.io.IOException;
import java.util.List;

/** As {@link Capture}, with all that the kernel tells of an event, and without a copy of it. */
public interface SampleCapture extends AutoCloseable {

  /**
   * As {@link Capture#poll}; the sample is used again for each event. What the handler throws comes
   * out, and the event counts as received.
   */
  int poll(EventHandler handler, int timeoutMs) throws IOException;

  /** As {@link Capture#detach}. */
  void detach() throws IOException;

  /** As {@link Capture#counts}. */
  Capture.Counts counts() throws IOException;

  /** As {@link Capture#source}. */
  String source();

  /** The tracepoints, for files with their events. */
  List<TracepointFormat> formats();

  @Override
  void close();
}
