// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import static java.util.Objects.requireNonNull;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.capture.LimitOptions;
import io.userevents.cli.capture.SampleCapture;
import io.userevents.cli.console.StopSignal;
import io.userevents.listener.EventHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Writes events until it is stopped or has reached a limit, then writes the remaining events. */
final class Recording {

  private static final int POLL_MS = 100;

  /** The time after which events are in the file even if this process is killed. */
  private static final long FLUSH_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private final SampleCapture capture;
  private final RecordFiles files;
  private final LimitOptions limits;
  private final Progress progress;
  private final StopSignal stop;
  private final EventHandler handler;
  private final long startNs = System.nanoTime();
  private long flushedNs = startNs;
  private long lost;

  Recording(
      SampleCapture capture,
      RecordFiles files,
      LimitOptions limits,
      Progress progress,
      StopSignal stop) {
    this.capture = capture;
    this.files = files;
    this.limits = limits;
    this.progress = progress;
    this.stop = stop;
    long maxEvents = limits.count();
    handler =
        sample -> {
          // A limit is exact, although thousands of events may arrive together.
          if (files.events() < maxEvents) {
            files.onEvent(sample);
          }
        };
  }

  /** Runs to the end. The files are then complete, but not closed. */
  void run() throws IOException {
    try {
      recordAll();
    } catch (UncheckedIOException e) {
      // A handler cannot throw any other exception.
      throw requireNonNull(e.getCause(), "cause");
    }
  }

  private void recordAll() throws IOException {
    boolean isClosed = false;
    while (!isClosed && !stop.isRaised() && !isLimitReached()) {
      isClosed = capture.poll(handler, POLL_MS) == Capture.CLOSED;
      step();
    }
    if (!isClosed) {
      capture.detach();
      while (capture.poll(handler, 0) > 0) {
        step();
      }
    }
    flush();
  }

  private boolean isLimitReached() {
    return System.nanoTime() - startNs >= limits.ns() || files.events() >= limits.count();
  }

  private void step() throws IOException {
    files.endRound();
    if (System.nanoTime() - flushedNs >= FLUSH_NS) {
      flush();
    }
  }

  private void flush() throws IOException {
    Capture.Counts counts = capture.counts();
    files.addLost(counts.lostTotal() - lost);
    lost = counts.lostTotal();
    files.flush();
    flushedNs = System.nanoTime();
    progress.show(files.events(), files.sizeBytes(), counts, flushedNs - startNs);
  }
}
