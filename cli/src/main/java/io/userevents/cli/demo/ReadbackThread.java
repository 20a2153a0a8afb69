// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.cli.console.CommandException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Polls a readback while other threads write. */
final class ReadbackThread implements AutoCloseable {

  private final Readback readback;
  private final Consumer<byte[]> sink;
  private final Thread thread = new Thread(this::run, "user-events-demo-listener");
  private volatile boolean isDetached;
  private volatile @Nullable Throwable failure;

  ReadbackThread(Readback readback, Consumer<byte[]> sink) {
    this.readback = readback;
    this.sink = sink;
    // A reader that hangs must not keep a process whose command has failed.
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Detaches, reads the remaining events, and returns once the sink has received all of them. */
  void finish() throws IOException, InterruptedException {
    readback.detach();
    isDetached = true;
    thread.join();
    Throwable cause = failure;
    if (cause != null) {
      throw new CommandException("reading back failed: " + cause.getMessage(), cause);
    }
  }

  /**
   * Asks the thread to end soon, without waiting for it. Events that it has not read by then stay
   * unread.
   */
  @Override
  public void close() {
    isDetached = true;
  }

  private void run() {
    try {
      boolean wasDetached;
      do {
        // Checked before the poll, because a poll after detaching must find the events that were
        // written before.
        wasDetached = isDetached;
        while (readback.poll(sink)) {
          Thread.onSpinWait();
        }
      } while (!wasDetached);
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
  }
}
