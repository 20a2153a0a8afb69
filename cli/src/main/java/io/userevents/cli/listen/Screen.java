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
 * The whole of a terminal, on its alternate screen, so that the shell's lines come back at the end.
 * Used by one thread; {@link #close} may be called by a shutdown hook as well.
 */
final class Screen implements AutoCloseable {

  /** Between two pictures, longer means that the process was stopped by a SIGSTOP. */
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

  /** The terminal of this process; null if it has none that can be written in place. */
  static @Nullable Screen open() throws IOException {
    // Signals stay with the command, which ends in order at SIGINT; the size is asked for.
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

  /** Columns of the terminal, without taking it over; 0 if that is not known. */
  static int widthOfTerminal() throws IOException {
    try (Terminal terminal =
        TerminalBuilder.builder().name("user-events").nativeSignals(false).dumb(true).build()) {
      return terminal.getColumns();
    }
  }

  private synchronized void enter() {
    // What is typed would be written into the table.
    Attributes silent = new Attributes(attributes);
    silent.setLocalFlag(Attributes.LocalFlag.ECHO, false);
    terminal.setAttributes(silent);
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.puts(Capability.clear_screen);
    terminal.flush();
  }

  /**
   * Ctrl-Z: the shell gets the terminal as it was, and the next picture is drawn anew. Nothing is
   * drawn meanwhile, since this has the lock while the process is stopped.
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
   * Whether the JVM is shutting down. From then on JLine's hook may have closed the terminal, and
   * its methods throw.
   */
  static boolean isProcessEnding() {
    try {
      // One that was never added: it is only asked whether hooks can still be removed.
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

  /** Whether the terminal has another size than the picture. */
  boolean isResized() {
    return !size.equals(sizeNow());
  }

  /**
   * A terminal that is gone, or a serial line, says 0 or a nonsense, for which JLine would allocate
   * rows of 2 GB.
   */
  private Size sizeNow() {
    Size told = terminal.getSize();
    return Size.of(inRange(told.getColumns(), USUAL_COLUMNS), inRange(told.getRows(), USUAL_ROWS));
  }

  private static int inRange(int told, int usual) {
    return told < 1 || told > MAX_SIDE ? usual : told;
  }

  /** Shows these lines, none of which is wider than the terminal. */
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
   * Past JLine, whose own shutdown hook closes the terminal at the same time, and sets its
   * attributes back.
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

  /** The bytes that a terminal takes for these capabilities, which not each terminal has. */
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
      // The JVM is shutting down, which has run the hook.
      return;
    }
    terminal.close();
  }
}
