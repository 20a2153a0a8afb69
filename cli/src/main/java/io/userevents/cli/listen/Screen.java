// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.console.ConsoleLog;
import io.userevents.cli.console.Signals;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/**
 * A full terminal on its alternate screen, so that the shell's lines come back at the end. Used by
 * one thread. A shutdown hook may also call {@link #close}.
 */
final class Screen implements AutoCloseable {

  /** A longer time between two pictures means that a SIGSTOP stopped the process. */
  private static final long STOPPED_NS = TimeUnit.SECONDS.toNanos(2);

  private static final int USUAL_COLUMNS = 80;
  private static final int USUAL_ROWS = 24;
  private static final int MAX_SIDE = 10_000;

  private static final Logger LOGGER = Logger.getLogger(Screen.class.getName());
  private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);

  private final Terminal terminal;
  private final Attributes attributes;
  private final Display display;
  private final byte[] leaving;
  private final Thread hook = new Thread(this::restore, "user-events-screen-shutdown");
  private Size size = Size.of(0, 0);
  private long drawnNs;
  private boolean isRestored;

  private Screen(Terminal terminal) {
    this.terminal = terminal;
    attributes = terminal.getAttributes();
    display = new Display(terminal, true);
    leaving = bytes(terminal, Capability.exit_ca_mode, Capability.cursor_normal);
  }

  /** Returns the terminal of this process, or null if it has none with a movable cursor. */
  static @Nullable Screen open() throws IOException {
    // The command handles the signals, so that it ends in order at SIGINT. The size is polled.
    Terminal terminal =
        TerminalBuilder.builder().name("user-events").nativeSignals(false).dumb(true).build();
    if (terminal.getType().startsWith(Terminal.TYPE_DUMB)
        || terminal.getStringCapability(Capability.cursor_address) == null) {
      terminal.close();
      return null;
    }
    Screen screen = new Screen(terminal);
    Runtime.getRuntime().addShutdownHook(screen.hook);
    Signals.handle("TSTP", screen::stopProcess);
    ConsoleLog.hold();
    screen.enter();
    return screen;
  }

  /** Returns the columns of the terminal without taking it over; 0 if unknown. */
  static int widthOfTerminal() throws IOException {
    try (Terminal terminal =
        TerminalBuilder.builder().name("user-events").nativeSignals(false).dumb(true).build()) {
      return terminal.getColumns();
    }
  }

  private synchronized void enter() {
    // Without this, typed characters would appear in the table.
    Attributes silent = new Attributes(attributes);
    silent.setLocalFlag(Attributes.LocalFlag.ECHO, false);
    terminal.setAttributes(silent);
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.puts(Capability.clear_screen);
    terminal.flush();
  }

  /**
   * Handles Ctrl-Z: restores the terminal for the shell, and draws the next picture completely.
   * Nothing is drawn in between, because this method holds the lock while the process is stopped.
   */
  private synchronized void stopProcess() {
    if (!isRestored) {
      write(leaving);
      terminal.setAttributes(attributes);
    }
    Signals.stopThisProcess();
    if (!isRestored) {
      enter();
      size = Size.of(0, 0);
    }
  }

  /**
   * Returns whether the JVM is shutting down. From then on, JLine's hook may have closed the
   * terminal, and its methods throw.
   */
  static boolean isProcessEnding() {
    try {
      // This hook was never added. The call only checks whether hooks can still be removed.
      boolean unused = Runtime.getRuntime().removeShutdownHook(new Thread());
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  int width() {
    return sizeNow().getColumns();
  }

  int height() {
    return sizeNow().getRows();
  }

  /** Returns whether the terminal has another size than the picture. */
  boolean isResized() {
    return !size.equals(sizeNow());
  }

  /**
   * Limits the size. A closed terminal or a serial line reports 0 or a wrong size, for which JLine
   * would allocate rows of 2 GB.
   */
  private Size sizeNow() {
    Size told = terminal.getSize();
    return Size.of(inRange(told.getColumns(), USUAL_COLUMNS), inRange(told.getRows(), USUAL_ROWS));
  }

  private static int inRange(int told, int usual) {
    return told < 1 || told > MAX_SIDE ? usual : told;
  }

  /** Shows these lines. No line may be wider than the terminal. */
  synchronized void draw(List<String> lines, long nowNs) {
    if (isRestored) {
      return;
    }
    Size now = sizeNow();
    boolean wasStopped = drawnNs != 0 && nowNs - drawnNs > STOPPED_NS;
    if (wasStopped) {
      enter();
    }
    if (wasStopped || !now.equals(size)) {
      size = now;
      display.clear();
      display.resize(now);
      terminal.puts(Capability.clear_screen);
    }
    drawnNs = nowNs;
    int fitting = Math.min(lines.size(), now.getRows());
    display.update(lines.subList(0, fitting).stream().map(AttributedString::new).toList(), -1);
    terminal.flush();
  }

  /**
   * Writes without JLine, because JLine's shutdown hook closes the terminal and restores its
   * attributes at the same time.
   */
  private synchronized void restore() {
    if (isRestored) {
      return;
    }
    isRestored = true;
    write(leaving);
    ConsoleLog.release();
  }

  private static void write(byte[] bytes) {
    try {
      OUT.write(bytes);
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "the terminal is gone", e);
    }
  }

  /** Returns the bytes for these capabilities. Not every terminal has them. */
  private static byte[] bytes(Terminal terminal, Capability... capabilities) {
    StringBuilder text = new StringBuilder();
    for (Capability capability : capabilities) {
      String sequence = terminal.getStringCapability(capability);
      if (sequence != null) {
        text.append(Curses.tputs(sequence));
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down and has run the hook.
      return;
    }
    terminal.close();
  }
}
