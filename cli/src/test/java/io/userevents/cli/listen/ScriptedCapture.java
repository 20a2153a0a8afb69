// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.capture.Capture;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/**
 * Delivers events that a test has queued. Like the kernel's capture, it delivers the remaining
 * events after detaching.
 */
final class ScriptedCapture implements Capture {

  static final int PID = 42;

  final Queue<byte[]> events = new ArrayDeque<>();
  final Queue<byte[]> eventsWhileDetaching = new ArrayDeque<>();
  long interruptions;
  private long received;
  boolean isDetached;
  boolean isClosed;

  @Override
  public int poll(Handler handler, int timeoutMs) {
    byte[] event = events.poll();
    if (event == null) {
      return 0;
    }
    received++;
    handler.onEvent(event, 0, PID);
    return 1;
  }

  @Override
  public void detach() {
    isDetached = true;
    events.addAll(eventsWhileDetaching);
  }

  @Override
  public Counts counts() {
    return new Counts(received, Map.of("kernel: buffer was full", 3L), interruptions);
  }

  @Override
  public String source() {
    return "script";
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
