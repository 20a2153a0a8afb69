// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static java.util.Objects.requireNonNull;

import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointFormat;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the events of a file that {@code perf record} or {@code trace-cmd record} has written, on
 * any little-endian machine. The layouts of the events come from the file.
 *
 * <pre>{@code
 * try (EventFile file = EventFile.builder(Path.of("perf.data")).open()) {
 *   file.readAll(handler);
 * }
 * }</pre>
 *
 * <p><b>Order.</b> Events of one CPU come in the order in which they were written. Those of several
 * CPUs come in the order of their times: always from trace.dat; from a perf file as far as perf has
 * marked the ends of its rounds, and up to the size of {@link
 * EventFileBuilder#setSortBufferSizeKb}. {@link EventFileStatistics#unorderedEvents} counts the
 * others.
 *
 * <p><b>Cut files.</b> From a file that ends in the middle, all events up to there come, and {@link
 * EventFileStatistics#isCut} tells. Other bytes that make no sense end in an {@link
 * EventFileException}; the events before them have come.
 *
 * <p><b>Interrupts.</b> An interrupt of the reading thread neither ends a read nor closes the file;
 * the thread's interrupt status stays set. A stream that the caller has opened may do otherwise.
 *
 * <p>Not thread-safe.
 */
public final class EventFile implements AutoCloseable {

  /** {@link #poll} returns this at the end of the file. */
  public static final int END = -1;

  private final String name;
  private final FileFormat format;
  private final Reader reader;
  private final FileTally tally;
  private final AutoCloseable source;

  EventFile(String name, FileFormat format, Reader reader, FileTally tally, AutoCloseable source) {
    this.name = name;
    this.format = format;
    this.reader = reader;
    this.tally = tally;
    this.source = source;
  }

  /** A reader of a file, or of a named pipe. */
  public static EventFileBuilder builder(Path path) {
    return new EventFileBuilder(requireNonNull(path, "path"), null, path.toString());
  }

  /**
   * A reader of a stream. Of {@code perf record -o -}, events come while it is recorded; any other
   * is read to its end first. {@link #close} closes it.
   *
   * @param name for error messages, e.g. {@code standard input}
   */
  public static EventFileBuilder builder(InputStream stream, String name) {
    return new EventFileBuilder(
        null, requireNonNull(stream, "stream"), requireNonNull(name, "name"));
  }

  /** What kind of file it is. */
  public FileFormat format() {
    return format;
  }

  /**
   * The tracepoints whose events are handed out. From a stream, those whose layouts have come so
   * far.
   */
  public List<TracepointFormat> formats() {
    return reader.formats().formats();
  }

  /**
   * Whether the file has no layouts, since perf was killed, so that the one that all exporters use
   * is assumed.
   */
  public boolean isFormatAssumed() {
    return reader.formats().isAssumed();
  }

  /**
   * Clock of {@link io.userevents.listener.Sample#timestampNs}: a name of {@code perf record
   * --clockid}, e.g. {@code mono}; {@code perf} for perf's own; or that of {@code trace_clock} in
   * trace.dat, e.g. {@code local}.
   */
  public String clock() {
    return reader.clock();
  }

  /**
   * Hands out the next events, some at a time.
   *
   * @return how many, 1 at least, or {@link #END}. An exception of the handler comes out; the next
   *     call goes on with the event after
   * @throws EventFileException if the file cannot be read, or cannot be understood from here on
   */
  public int poll(EventHandler handler) throws EventFileException {
    return reader.poll(requireNonNull(handler, "handler"));
  }

  /**
   * Hands out all events that are left.
   *
   * @return how many
   * @throws EventFileException if the file cannot be read, or cannot be understood from somewhere
   *     on, or has no tracepoint that was asked for
   */
  public long readAll(EventHandler handler) throws EventFileException {
    long events = 0;
    int step;
    while ((step = poll(handler)) != END) {
      events += step;
    }
    String missing = reader.formats().missing();
    if (!missing.isEmpty()) {
      throw EventFileException.unsupported(name, missing);
    }
    return events;
  }

  /** What was read so far. Also after closing. */
  public EventFileStatistics statistics() {
    return new EventFileStatistics(tally);
  }

  /** Closes the file or stream. A second call does nothing. */
  @Override
  public void close() throws EventFileException {
    reader.close();
    try {
      source.close();
    } catch (Exception e) {
      throw EventFileException.failed("close", name, EventFileException.NO_OFFSET, e);
    }
  }

  @Override
  public String toString() {
    return "EventFile{file=" + name + ", format=" + format + "}";
  }
}
