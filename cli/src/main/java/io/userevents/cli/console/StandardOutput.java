// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writers for standard output and standard error. Unlike {@link PrintWriter} and {@link
 * System#out}, they do not hide failures: a failed write ends the process at once, after its
 * shutdown hooks. Thread-safe.
 */
public final class StandardOutput {

  private static final Path IN = Path.of("/proc/self/fd/0");
  private static final Path OUT = Path.of("/proc/self/fd/1");
  private static final Path ERR = Path.of("/proc/self/fd/2");

  private StandardOutput() {}

  /** Returns a writer for standard output. Each line is written when it ends. */
  public static PrintWriter out() {
    return writer(new FileOutputStream(FileDescriptor.out), OUT, "standard output");
  }

  /** Returns a writer for standard error. Each line is written when it ends. */
  public static PrintWriter err() {
    return writer(new FileOutputStream(FileDescriptor.err), ERR, "standard error");
  }

  /** Returns whether standard output is a terminal, independent of standard input. */
  public static boolean isTerminal() {
    return isTerminal(OUT);
  }

  /** Returns whether standard error is a terminal. */
  public static boolean isErrorTerminal() {
    return isTerminal(ERR);
  }

  /** Returns whether standard input is a terminal. */
  public static boolean isInputTerminal() {
    return isTerminal(IN);
  }

  /**
   * Returns whether a link in {@code /proc/self/fd} points to a terminal, even if it is closed now.
   */
  static boolean isTerminal(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /**
   * Returns whether standard output is a terminal that shows colours and the user has not disabled
   * them.
   */
  public static boolean isColoured() {
    return isColoured(isTerminal(), System.getenv("NO_COLOR"), System.getenv("TERM"));
  }

  /** According to no-color.org, any non-empty text in {@code NO_COLOR} counts. */
  static boolean isColoured(boolean isTerminal, @Nullable String noColor, @Nullable String term) {
    boolean isRefused = noColor != null && !noColor.isEmpty();
    return isTerminal && !isRefused && term != null && !term.equals("dumb");
  }

  /**
   * Returns the encoding of standard output, or that of the locale if this JVM does not report it.
   */
  public static Charset charset() {
    for (String property : new String[] {"stdout.encoding", "sun.stdout.encoding"}) {
      String name = System.getProperty(property);
      if (name != null && Charset.isSupported(name)) {
        return Charset.forName(name);
      }
    }
    String name = System.getProperty("native.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  private static PrintWriter writer(OutputStream stream, Path target, String name) {
    OutputFailure failure = new OutputFailure(target, name, System.err, System::exit);
    return new PrintWriter(new FailingWriter(stream, charset(), failure), true);
  }

  /** Reports a failure, and throws exceptions that {@link PrintWriter} passes on. */
  static final class FailingWriter extends Writer {

    private final Writer writer;
    private final OutputFailure failure;

    FailingWriter(OutputStream stream, Charset charset, OutputFailure failure) {
      writer = new OutputStreamWriter(stream, charset);
      this.failure = failure;
    }

    @Override
    public void write(char[] text, int offset, int length) {
      try {
        writer.write(text, offset, length);
      } catch (IOException e) {
        throw ended(e);
      }
    }

    @Override
    public void flush() {
      try {
        writer.flush();
      } catch (IOException e) {
        throw ended(e);
      }
    }

    @Override
    public void close() {
      flush();
    }

    private UncheckedIOException ended(IOException e) {
      failure.end(e);
      return new UncheckedIOException(e);
    }
  }
}
