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

/** Configures an {@link EventFile}. Not thread-safe. */
public final class EventFileBuilder {

  /** Memory for events that wait for older ones, in KiB, unless set. */
  public static final int DEFAULT_SORT_BUFFER_SIZE_KB = 65_536;

  private static final int MIN_SORT_BUFFER_SIZE_KB = 256;
  private static final int MAX_SORT_BUFFER_SIZE_KB = 1 << 20;

  /** The longest of the two beginnings, and the length of perf's header behind it. */
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
   * @param eventNames e.g. {@code otlp_metrics}; none, the default, for all user_events that have
   *     the layout of an exporter
   * @throws IllegalArgumentException if no event can have such a name, or one is there twice
   */
  public EventFileBuilder setEventNames(String... eventNames) {
    Arrays.stream(eventNames).forEach(EventLayout::requireValidName);
    this.eventNames = Set.of(eventNames);
    return this;
  }

  /**
   * Sets how much memory the events of a perf file may take that wait for older ones. When it is
   * full, the older half of them goes, and events that come later may be older.
   *
   * @param sortBufferSizeKb in KiB, 256 to 1,048,576; default {@value #DEFAULT_SORT_BUFFER_SIZE_KB}
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
   * copied to a temporary file, which is gone when the reader is closed.
   *
   * @throws EventFileException if it cannot be read, or is no such file
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
    // A named pipe has no places, and an archive's entries are no files.
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

  /** Not readNBytes: that of a FileInputStream asks for the position, which no pipe has. */
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

  /** A buffer that grows is there twice for a moment, beside what else a small heap has to hold. */
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
          name, 0, "the file is of a big-endian machine, and those are not read");
    }
    throw EventFileException.malformed(
        name,
        0,
        "it is neither a file of perf (PERFILE2) nor of trace-cmd: length of its beginning="
            + beginning.length);
  }

  private static boolean startsWith(byte[] bytes, byte[] beginning) {
    return bytes.length >= beginning.length
        && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
  }
}
