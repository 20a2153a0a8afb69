// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Hands log lines on, or keeps them as long as it is told to. Thread-safe. */
final class HoldingHandler extends Handler {

  /** Of those that come while it holds: more would hide the first ones. */
  private static final int MAX_HELD = 100;

  private final Handler target;
  private final Queue<LogRecord> held = new ArrayDeque<>();
  private long dropped;
  private boolean isHolding;

  HoldingHandler(Handler target) {
    this.target = target;
    setLevel(Level.ALL);
  }

  @Override
  public synchronized void publish(LogRecord logged) {
    if (!isHolding) {
      target.publish(logged);
    } else if (held.size() < MAX_HELD) {
      held.add(logged);
    } else {
      dropped++;
    }
  }

  /** Keeps what comes from now on. */
  synchronized void hold() {
    isHolding = true;
  }

  /** Hands on what it has kept, and what comes from now on. */
  synchronized void release() {
    isHolding = false;
    held.forEach(target::publish);
    held.clear();
    if (dropped != 0) {
      LogRecord more = new LogRecord(Level.WARNING, "{0} more lines were not kept");
      more.setParameters(new Object[] {dropped});
      target.publish(more);
      dropped = 0;
    }
  }

  @Override
  public void flush() {
    target.flush();
  }

  @Override
  public void close() {
    target.close();
  }
}
