// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Has java.util.logging write short lines to standard error, for the whole process. */
public final class ConsoleLog {

  /** Kept, since the LogManager forgets loggers, and their levels, that nobody refers to. */
  private static final Logger OWN = Logger.getLogger("io.userevents");

  private ConsoleLog() {}

  /** Replaces the handlers of the root logger. */
  public static void install(boolean isVerbose) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    // Writes to standard error, and does so at once.
    Handler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(new OneLine(isVerbose));
    root.addHandler(console);
    root.setLevel(isVerbose ? Level.INFO : Level.WARNING);
    OWN.setLevel(isVerbose ? Level.FINE : Level.WARNING);
  }

  /** One line for each record; stack traces below it if asked. */
  static final class OneLine extends Formatter {

    private final boolean withStackTraces;

    OneLine(boolean withStackTraces) {
      this.withStackTraces = withStackTraces;
    }

    @Override
    public String format(LogRecord logged) {
      StringWriter text = new StringWriter();
      PrintWriter lines = new PrintWriter(text);
      String level = logged.getLevel().getName().toLowerCase(Locale.ROOT);
      lines.println("user-events: " + level + ": " + Text.printable(formatMessage(logged)));
      Throwable thrown = logged.getThrown();
      if (withStackTraces && thrown != null) {
        thrown.printStackTrace(lines);
      }
      return text.toString();
    }
  }
}
