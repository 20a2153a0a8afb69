// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Passes log lines on, or holds them back on request. Thread-safe. */
final class HoldingHandler extends Handler {

  /** The largest number of lines that are held. More lines would hide the first ones. */
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

  /** Holds all further lines back. */
  synchronized void hold() {
    isHolding = true;
  }

  /** Passes on the held lines and all further lines. */
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
