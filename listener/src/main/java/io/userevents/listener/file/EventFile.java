// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static java.util.Objects.requireNonNull;

import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointFormat;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the events of a file that {@code perf record} or {@code trace-cmd record} wrote on any
 * little-endian machine. The layouts of the events come from the file.
 *
 * <pre>{@code
 * try (EventFile file = EventFile.builder(Path.of("perf.data")).open()) {
 *   file.readAll(handler);
 * }
 * }</pre>
 *
 * <p><b>Order.</b> Events of one CPU arrive in the order in which they were written. Events of
 * different CPUs arrive in the order of their times. For trace.dat this always holds. For a perf
 * file it holds as far as perf has marked the ends of its rounds, and up to the size of {@link
 * EventFileBuilder#setSortBufferSizeKb}. {@link EventFileStatistics#unorderedEvents} counts the
 * events that arrive out of order.
 *
 * <p><b>Cut files.</b> If a file ends in the middle of a record, the reader delivers all events
 * before that place, and {@link EventFileStatistics#isCut} returns true. Other malformed bytes
 * cause an {@link EventFileException} after the events before them have been delivered.
 *
 * <p><b>Interrupts.</b> An interrupt of the reading thread neither ends a read nor closes the file.
 * The thread's interrupt status stays set. A stream that the caller has opened may behave
 * differently.
 *
 * <p>Not thread-safe.
 *
 * @since 0.1.0
 */
public final class EventFile implements AutoCloseable {

  /** The value that {@link #poll} returns at the end of the file. */
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

  /**
   * {@return a builder of a reader for a file or a named pipe}
   *
   * @param path of the file
   */
  public static EventFileBuilder builder(Path path) {
    return new EventFileBuilder(requireNonNull(path, "path"), null, path.toString());
  }

  /**
   * {@return a builder of a reader for a stream} The events of {@code perf record -o -} arrive
   * while it records. Any other stream is read to its end first. {@link #close} closes the stream.
   *
   * @param name of the stream in error messages, for example {@code standard input}
   * @param stream to read; {@link #close} closes it
   */
  public static EventFileBuilder builder(InputStream stream, String name) {
    return new EventFileBuilder(
        null, requireNonNull(stream, "stream"), requireNonNull(name, "name"));
  }

  /** {@return the format of the file} */
  public FileFormat format() {
    return format;
  }

  /**
   * {@return the tracepoints whose events are delivered} For a stream, these are the tracepoints
   * whose layouts have been read so far.
   */
  public List<TracepointFormat> formats() {
    return reader.formats().formats();
  }

  /**
   * {@return whether the reader assumes the layout that all exporters use} It does so if the file
   * has no layouts because perf was killed.
   */
  public boolean isFormatAssumed() {
    return reader.formats().isAssumed();
  }

  /**
   * {@return the clock of {@link io.userevents.listener.Sample#timestampNs}} For a perf file it is
   * a name of {@code perf record --clockid}, for example {@code mono}, or {@code perf} for perf's
   * own clock. For trace.dat it is the name in {@code trace_clock}, for example {@code local}.
   */
  public String clock() {
    return reader.clock();
  }

  /**
   * Passes the next events to the handler, some at a time. An exception of the handler is passed on
   * to the caller; the next call continues with the event after it.
   *
   * @param handler receives the events
   * @return the number of events, at least 1, or {@link #END}
   * @throws EventFileException if the file cannot be read, or if it is malformed from here on
   */
  public int poll(EventHandler handler) throws EventFileException {
    return reader.poll(requireNonNull(handler, "handler"));
  }

  /**
   * Passes all remaining events to the handler.
   *
   * @param handler receives the events
   * @return the number of events
   * @throws EventFileException if the file cannot be read, is malformed from some place on, or has
   *     none of the requested tracepoints
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

  /** {@return the counters of this reader} May be called after closing. */
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
