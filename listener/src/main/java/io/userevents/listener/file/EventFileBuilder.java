// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.tracepoint.EventLayout;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Configures and opens an {@link EventFile}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class EventFileBuilder {

  /** The default memory for events that wait for older ones, in KiB. */
  public static final int DEFAULT_SORT_BUFFER_SIZE_KB = 65_536;

  private static final int MIN_SORT_BUFFER_SIZE_KB = 256;
  private static final int MAX_SORT_BUFFER_SIZE_KB = 1 << 20;

  /** The longer of the two magic numbers, and the length of perf's header after it. */
  private static final int BEGINNING_LENGTH = 16;

  private final @Nullable Path path;
  private final @Nullable InputStream stream;
  private final String name;
  private Set<String> eventNames = Set.of();
  private int sortBufferSizeKb = DEFAULT_SORT_BUFFER_SIZE_KB;

  EventFileBuilder(@Nullable Path path, @Nullable InputStream stream, String name) {
    this.path = path;
    this.stream = stream;
    this.name = name;
  }

  /**
   * Sets which tracepoints to read.
   *
   * @param eventNames for example {@code otlp_metrics}; no name, the default, selects all
   *     user_events that have the layout of an exporter
   * @return this builder
   * @throws IllegalArgumentException if no event can have such a name, or a name occurs twice
   */
  public EventFileBuilder setEventNames(String... eventNames) {
    Arrays.stream(eventNames).forEach(EventLayout::requireValidName);
    this.eventNames = Set.of(eventNames);
    return this;
  }

  /**
   * Sets the memory for events of a perf file that wait for older events. When the memory is full,
   * the older half of the events is delivered, and events that are read later may be older.
   *
   * @param sortBufferSizeKb in KiB, 256 to 1,048,576; default {@value #DEFAULT_SORT_BUFFER_SIZE_KB}
   * @return this builder
   * @throws IllegalArgumentException if it is not in that range
   */
  public EventFileBuilder setSortBufferSizeKb(int sortBufferSizeKb) {
    if (sortBufferSizeKb < MIN_SORT_BUFFER_SIZE_KB || sortBufferSizeKb > MAX_SORT_BUFFER_SIZE_KB) {
      throw new IllegalArgumentException(
          "sortBufferSizeKb must be "
              + MIN_SORT_BUFFER_SIZE_KB
              + " to "
              + MAX_SORT_BUFFER_SIZE_KB
              + ": sortBufferSizeKb="
              + sortBufferSizeKb);
    }
    this.sortBufferSizeKb = sortBufferSizeKb;
    return this;
  }

  /**
   * Opens the file and reads up to its first event. A stream that can be read only as a whole is
   * copied to a temporary file, which disappears when the reader is closed.
   *
   * @return the opened reader
   * @throws EventFileException if the file cannot be read, or has neither of the formats
   */
  public EventFile open() throws EventFileException {
    if (path != null && Files.isDirectory(path)) {
      throw EventFileException.unsupported(
          name, "it is a folder: record without perf's option --threads");
    }
    try {
      if (path != null) {
        return openPath(path);
      }
      InputStream source = stream;
      if (source == null) {
        throw new IllegalStateException("neither a path nor a stream");
      }
      return openStream(source);
    } catch (EventFileException e) {
      throw e;
    } catch (IOException e) {
      throw EventFileException.failed("open", name, 0, e);
    }
  }

  private EventFile openPath(Path file) throws IOException {
    // A named pipe has no offsets, and the entries of an archive are not files of the system.
    if (!file.getFileSystem().equals(FileSystems.getDefault())) {
      return openOwned(Files.newInputStream(file));
    }
    if (!Files.isRegularFile(file)) {
      return openOwned(new FileInputStream(file.toFile()));
    }
    DataSource source = DataSource.open(file);
    boolean isOpen = false;
    try {
      EventFile opened = openSource(source, source);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        source.close();
      }
    }
  }

  private EventFile openOwned(InputStream source) throws IOException {
    boolean isOpen = false;
    try {
      EventFile opened = openStream(source);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        source.close();
      }
    }
  }

  private EventFile openStream(InputStream source) throws IOException {
    byte[] beginning = beginning(source);
    FileFormat format = detect(beginning);
    InputStream all =
        new java.io.SequenceInputStream(new java.io.ByteArrayInputStream(beginning), source);
    if (format == FileFormat.PERF_STREAM) {
      FileTally tally = new FileTally();
      Window window = new Window(name, Bytes.of(all), 0);
      Reader reader = PerfDataOpening.ofStream(name, window, eventNames, tally, sortBytes());
      return new EventFile(name, format, reader, tally, source);
    }
    DataSource copy = DataSource.copyOf(all);
    boolean isOpen = false;
    try {
      AutoCloseable both =
          () -> {
            try (source) {
              copy.close();
            }
          };
      EventFile opened = openSource(copy, both);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        copy.close();
      }
    }
  }

  /**
   * Reads without readNBytes: FileInputStream's version asks for the position, which a pipe does
   * not have.
   */
  private static byte[] beginning(InputStream source) throws IOException {
    byte[] bytes = new byte[BEGINNING_LENGTH];
    int length = 0;
    int read;
    while (length < bytes.length
        && (read = source.read(bytes, length, bytes.length - length)) >= 0) {
      length += read;
    }
    return Arrays.copyOf(bytes, length);
  }

  private EventFile openSource(DataSource source, AutoCloseable owned) throws IOException {
    Window window = new Window(name, source.bytes(0, Long.MAX_VALUE), 0);
    byte[] beginning = new byte[window.has(BEGINNING_LENGTH) ? BEGINNING_LENGTH : 0];
    window.buffer().getBytes(0, beginning);
    FileFormat format = detect(beginning);
    FileTally tally = new FileTally();
    Reader reader =
        switch (format) {
          case PERF_DATA -> PerfDataOpening.ofFile(name, source, eventNames, tally, sortBytes());
          case PERF_STREAM ->
              PerfDataOpening.ofStream(name, window, eventNames, tally, sortBytes());
          case TRACE_DAT -> TraceDatReader.open(name, source, window, eventNames, tally);
        };
    return new EventFile(name, format, reader, tally, owned);
  }

  /**
   * The limit for the buffer. A growing buffer exists twice for a moment, and a small heap must
   * hold other objects as well.
   */
  private int sortBytes() {
    return (int) Math.min(sortBufferSizeKb * 1024L, Runtime.getRuntime().maxMemory() / 8);
  }

  private FileFormat detect(byte[] beginning) throws EventFileException {
    if (startsWith(beginning, PerfDataOpening.MAGIC)) {
      int length =
          beginning.length < BEGINNING_LENGTH ? 0 : beginning[PerfDataOpening.SIZE_OFFSET] & 0xFF;
      return length == PerfDataOpening.STREAM_HEADER_LENGTH
          ? FileFormat.PERF_STREAM
          : FileFormat.PERF_DATA;
    }
    if (startsWith(beginning, TracingData.MAGIC)) {
      return FileFormat.TRACE_DAT;
    }
    if (startsWith(beginning, new byte[] {'2', 'E', 'L', 'I', 'F', 'R', 'E', 'P'})) {
      throw EventFileException.malformed(
          name, 0, "the file comes from a big-endian machine, which is not supported");
    }
    throw EventFileException.malformed(
        name,
        0,
        "it is neither a perf file (PERFILE2) nor a trace-cmd file: length of its beginning="
            + beginning.length);
  }

  private static boolean startsWith(byte[] bytes, byte[] beginning) {
    return bytes.length >= beginning.length
        && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
  }
}
