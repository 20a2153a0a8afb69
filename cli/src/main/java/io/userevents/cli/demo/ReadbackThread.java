// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.userevents.cli.console.CommandException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Polls a readback while others write. */
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

  /** Detaches, reads what is left, and returns once all of it was handed to the sink. */
  void finish() throws IOException, InterruptedException {
    readback.detach();
    isDetached = true;
    thread.join();
    Throwable cause = failure;
    if (cause != null) {
      throw new CommandException("reading back failed: " + cause.getMessage(), cause);
    }
  }

  /** Has the thread end soon, without waiting for it; what it has not read by then is left. */
  @Override
  public void close() {
    isDetached = true;
  }

  private void run() {
    try {
      boolean wasDetached;
      do {
        // Before the poll: what is written until detaching has to be found by a poll after it.
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
