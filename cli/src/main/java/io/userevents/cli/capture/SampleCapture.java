// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointFormat;
import java.io.IOException;
import java.util.List;

/** A capture like {@link Capture} that passes on all data of an event, without copying it. */
public interface SampleCapture extends AutoCloseable {

  /**
   * Does the same as {@link Capture#poll}. The sample is reused for each event. An exception of the
   * handler is passed on, and the event counts as received.
   */
  int poll(EventHandler handler, int timeoutMs) throws IOException;

  /** Does the same as {@link Capture#detach}. */
  void detach() throws IOException;

  /** Returns the same as {@link Capture#counts}. */
  Capture.Counts counts() throws IOException;

  /** Returns the same as {@link Capture#source}. */
  String source();

  /** Returns the tracepoints. Files with their events need them. */
  List<TracepointFormat> formats();

  @Override
  void close();
}
