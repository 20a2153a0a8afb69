// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.console.StopSignal;
import io.userevents.cli.sink.Sink;
import java.io.IOException;

/** Reads events until it is stopped or has reached a limit, then reads the remaining events. */
final class Listening {

  private static final int POLL_MS = 100;

  private final Capture capture;
  private final Sink sink;
  private final Limits limits;
  private final StopSignal stop;

  /** The number of events that came after the limit of points was reached. */
  private long eventsPastLimit;

  Listening(Capture capture, Sink sink, Limits limits, StopSignal stop) {
    this.capture = capture;
    this.sink = sink;
    this.limits = limits;
    this.stop = stop;
  }

  /** Runs, and returns the line that counts the received and lost events. */
  String run() throws IOException {
    long start = System.nanoTime();
    long firstNs = 0;
    boolean isClosed = false;
    while (!isClosed && !stop.isRaised() && !isReached(start, firstNs)) {
      isClosed = poll(POLL_MS) == Capture.CLOSED;
      if (firstNs == 0 && sink.points() > 0) {
        firstNs = System.nanoTime();
      }
      sink.refresh(status(), System.nanoTime());
    }
    if (!isClosed) {
      capture.detach();
      while (poll(0) > 0) {
        sink.refresh(status(), System.nanoTime());
      }
    }
    sink.end(status(), System.nanoTime());
    return status();
  }

  private boolean isReached(long start, long firstNs) {
    long now = System.nanoTime();
    return now - start >= limits.ns()
        || sink.points() >= limits.points()
        || (firstNs != 0 && now - firstNs >= limits.nsAfterFirst());
  }

  private int poll(int timeoutMs) throws IOException {
    return capture.poll(
        (event, timestampNs, pid) -> {
          // Thousands of events may arrive together, and no event more than needed is shown.
          if (sink.points() < limits.points()) {
            sink.add(event, pid, System.nanoTime());
          } else {
            eventsPastLimit++;
          }
        },
        timeoutMs);
  }

  private String status() throws IOException {
    Capture.Counts counts = capture.counts();
    StringBuilder text = new StringBuilder();
    text.append("received ").append(counts.received()).append(" events, ");
    text.append(sink.points()).append(" points by ").append(capture.source());
    text.append("; ").append(counts.lostText());
    text.append(sink.omissions());
    if (eventsPastLimit > 0) {
      text.append("; ").append(eventsPastLimit).append(" events came after the last one shown");
    }
    return text.toString();
  }
}
