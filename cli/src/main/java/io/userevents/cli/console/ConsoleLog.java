// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Configures java.util.logging to write short lines to standard error, for the whole process. */
public final class ConsoleLog {

  /** Kept, because the LogManager drops loggers, with their levels, that have no references. */
  private static final Logger OWN = Logger.getLogger("io.userevents");

  /** Kept for the same reason. */
  private static final Set<Logger> SHOWN = ConcurrentHashMap.newKeySet();

  /** Moves to the start of the line and clears it, because a progress line may be there. */
  private static final String CLEAR_LINE = "\r\u001b[K";

  private static volatile @Nullable HoldingHandler installed;

  private ConsoleLog() {}

  /** Replaces the handlers of the root logger. */
  public static void install(boolean isVerbose) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    // Writes to standard error without buffering.
    Handler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(
        new OneLine(isVerbose, StandardOutput.isErrorTerminal() ? CLEAR_LINE : ""));
    HoldingHandler handler = new HoldingHandler(console);
    installed = handler;
    root.addHandler(handler);
    root.setLevel(isVerbose ? Level.INFO : Level.WARNING);
    OWN.setLevel(isVerbose ? Level.FINE : Level.WARNING);
  }

  /**
   * Also shows lines of level INFO from this logger and those below it. Used by a long-running
   * command.
   */
  public static void showInfo(String name) {
    if (installed == null) {
      return;
    }
    Logger logger = Logger.getLogger(name);
    if (!logger.isLoggable(Level.INFO)) {
      logger.setLevel(Level.INFO);
      SHOWN.add(logger);
    }
  }

  /** Holds lines back while a picture fills the terminal, because they would be written into it. */
  public static void hold() {
    HoldingHandler handler = installed;
    if (handler != null) {
      handler.hold();
    }
  }

  /** Writes the lines that were held back. */
  public static void release() {
    HoldingHandler handler = installed;
    if (handler != null) {
      handler.release();
    }
  }

  /** Writes one line for each record, followed by the stack trace on request. */
  static final class OneLine extends Formatter {

    private final boolean withStackTraces;
    private final String prefix;

    OneLine(boolean withStackTraces, String prefix) {
      this.withStackTraces = withStackTraces;
      this.prefix = prefix;
    }

    @Override
    public String format(LogRecord logged) {
      StringWriter text = new StringWriter();
      PrintWriter lines = new PrintWriter(text);
      String level = logged.getLevel().getName().toLowerCase(Locale.ROOT);
      lines.println(
          prefix + "user-events: " + level + ": " + Text.printable(formatMessage(logged)));
      Throwable thrown = logged.getThrown();
      if (withStackTraces && thrown != null) {
        thrown.printStackTrace(lines);
      }
      return text.toString();
    }
  }
}
