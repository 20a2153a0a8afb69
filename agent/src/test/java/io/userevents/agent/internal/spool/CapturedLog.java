// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Captures the lines of the spool's logger, INFO and above. They do not reach the console. */
final class CapturedLog extends Handler implements AutoCloseable {

  final List<String> lines = new ArrayList<>();
  private final Logger logger = Logger.getLogger(Spool.class.getName());

  CapturedLog() {
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  @Override
  public void publish(LogRecord line) {
    if (line.getLevel().intValue() >= Level.INFO.intValue()) {
      lines.add(line.getLevel() + " " + line.getMessage());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
