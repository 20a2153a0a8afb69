// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import static java.util.Objects.requireNonNull;

import io.userevents.internal.perf.PerfRecord;
import io.userevents.internal.perf.PerfSample;
import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import io.userevents.listener.TracepointFormat;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes events to a file that {@code perf script}, {@code perf report} and {@link EventFile} can
 * read. Pass it to a listener's {@code poll} as the handler:
 *
 * <pre>{@code
 * try (PerfDataWriter writer = PerfDataWriter.create(path, listener.formats())) {
 *   while (listener.poll(writer, 1000) != TracepointListener.CLOSED) {
 *     writer.endRound();
 *   }
 * }
 * }</pre>
 *
 * <p>The file has the format of {@code perf record -o -}, which needs no data at its end. All
 * flushed events can therefore be read, however the process ends. Writing an event allocates no
 * memory, except for the first event of each thread, whose name is read from {@code /proc}.
 *
 * <p>Not thread-safe.
 *
 * @since 0.1.0
 */
public final class PerfDataWriter implements EventHandler, AutoCloseable {

  /**
   * The length of the buffer. It has room for the longest sample and for the header and names
   * before it.
   */
  private static final int BUFFER_LENGTH = 1 << 18;

  private static final int FINISHED_ROUND = 68;

  private final String file;

  /**
   * This is not a channel, because an interrupt of the calling thread closes a channel, and the
   * rest would be lost.
   */
  private final FileOutputStream stream;

  private final PerfDataHeader header;
  private final ThreadNames names = new ThreadNames();
  private final byte[] bytes = new byte[BUFFER_LENGTH];
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
  private int used;
  private long written;
  private long events;
  private boolean hasEventsOfRound;
  private boolean isFailed;
  private boolean isClosed;

  private PerfDataWriter(String file, FileOutputStream stream, PerfDataHeader header) {
    this.file = file;
    this.stream = stream;
    this.header = header;
  }

  /**
   * Creates a file that only its owner may read, or truncates an existing file, and writes the
   * header.
   *
   * @param formats of all tracepoints whose events will be written, see {@link
   *     io.userevents.listener.TracepointListener#formats} and {@link EventFile#formats}
   * @param path of the file
   * @return the writer
   * @throws EventFileException if the file cannot be created or written
   * @throws IllegalArgumentException if {@code formats} is empty
   */
  public static PerfDataWriter create(Path path, List<TracepointFormat> formats)
      throws EventFileException {
    String file = requireNonNull(path, "path").toString();
    PerfDataHeader header = new PerfDataHeader(formats);
    FileOutputStream stream;
    try {
      createPrivately(path);
      stream = new FileOutputStream(path.toFile());
    } catch (IOException e) {
      throw EventFileException.failed("open", file, 0, e);
    }
    PerfDataWriter writer = new PerfDataWriter(file, stream, header);
    boolean isComplete = false;
    try {
      writer.write(header.bytes());
      isComplete = true;
      return writer;
    } finally {
      if (!isComplete) {
        writer.closeQuietly();
      }
    }
  }

  /**
   * Writes an event.
   *
   * @throws UncheckedIOException with an {@link EventFileException}, if the file cannot be written
   * @throws IllegalArgumentException if its tracepoint is not among the formats of this file
   * @throws IllegalStateException if the writer is closed
   */
  @Override
  public void onEvent(Sample sample) {
    if (isClosed) {
      throw new IllegalStateException("the file is closed: file=" + file);
    }
    int id = header.find(sample.tracepointId());
    int process = sample.pid() == Sample.UNKNOWN_PID ? sample.tid() : sample.pid();
    DirectBuffer event = sample.event();
    // Pads as the kernel does: the length field and the data together are a multiple of 8.
    int raw = BitUtil.align(event.capacity() + Integer.BYTES, Long.BYTES) - Integer.BYTES;
    int length = PerfSample.RAW_OFFSET + raw;
    if (length > PerfRecord.MAX_LENGTH) {
      throw new IllegalArgumentException("event is too long: length=" + event.capacity());
    }
    reserveUnchecked(length + ThreadNames.MAX_LENGTH);
    used += names.put(buffer, used, process, sample.tid());
    putHeader(PerfRecord.SAMPLE, length);
    buffer.putLong(used + PerfSample.IDENTIFIER_OFFSET, id);
    buffer.putInt(used + PerfSample.PID_OFFSET, process);
    buffer.putInt(used + PerfSample.TID_OFFSET, sample.tid());
    buffer.putLong(used + PerfSample.TIME_OFFSET, sample.timestampNs());
    buffer.putInt(used + PerfSample.CPU_OFFSET, sample.cpu());
    buffer.putInt(used + PerfSample.CPU_OFFSET + Integer.BYTES, 0);
    buffer.putInt(used + PerfSample.RAW_SIZE_OFFSET, raw);
    int data = used + PerfSample.RAW_OFFSET;
    buffer.putBytes(data, event, 0, event.capacity());
    buffer.setMemory(data + event.capacity(), raw - event.capacity(), (byte) 0);
    used += length;
    events++;
    hasEventsOfRound = true;
  }

  /**
   * Writes a record that says that events were lost.
   *
   * @param count of events that were lost since the last call
   * @throws EventFileException if the file cannot be written
   */
  public void addLost(long count) throws EventFileException {
    if (count <= 0) {
      return;
    }
    reserve(PerfRecord.LOST_LENGTH);
    putHeader(PerfRecord.LOST, PerfRecord.LOST_LENGTH);
    buffer.putLong(used + PerfRecord.HEADER_LENGTH, PerfDataHeader.FIRST_ID);
    buffer.putLong(used + PerfRecord.LOST_COUNT_OFFSET, count);
    used += PerfRecord.LOST_LENGTH;
  }

  /**
   * Ends a round: no later event is older than the latest event of the previous round. Call this
   * after each {@code poll}. Without it, a reader must keep all events until the end to put them in
   * order.
   *
   * @throws EventFileException if the file cannot be written
   */
  public void endRound() throws EventFileException {
    if (hasEventsOfRound) {
      hasEventsOfRound = false;
      reserve(PerfRecord.HEADER_LENGTH);
      putHeader(FINISHED_ROUND, PerfRecord.HEADER_LENGTH);
      used += PerfRecord.HEADER_LENGTH;
    }
  }

  /**
   * Passes all events to the operating system, so that they are in the file even if this process is
   * killed. A full buffer of {@value #BUFFER_LENGTH} bytes is flushed automatically.
   *
   * @throws EventFileException if the file cannot be written
   */
  public void flush() throws EventFileException {
    int length = used;
    used = 0;
    if (isFailed) {
      // A part of the data may be in the file, so nothing that follows could be read.
      throw EventFileException.failed(
          "write", file, written, new IOException("an earlier write has failed"));
    }
    try {
      stream.write(bytes, 0, length);
      written += length;
    } catch (IOException e) {
      isFailed = true;
      throw EventFileException.failed("write", file, written, e);
    }
  }

  /** {@return the length of the file in bytes, including bytes that are not flushed yet} */
  public long sizeBytes() {
    return written + used;
  }

  /** {@return the number of events that were written} */
  public long events() {
    return events;
  }

  /**
   * Flushes and closes the file. A second call does nothing.
   *
   * @throws EventFileException if the file cannot be written; the file is closed in this case as
   *     well
   */
  @Override
  public void close() throws EventFileException {
    if (isClosed) {
      return;
    }
    isClosed = true;
    try (stream) {
      if (!isFailed) {
        flush();
      }
    } catch (EventFileException e) {
      throw e;
    } catch (IOException e) {
      throw EventFileException.failed("close", file, written, e);
    }
  }

  /**
   * Restricts the file to its owner, as perf does, because it may have attributes of all services.
   */
  private static void createPrivately(Path path) throws IOException {
    if (!Files.exists(path)) {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  private void closeQuietly() {
    isClosed = true;
    try {
      stream.close();
    } catch (IOException e) {
      // The error of the write is already being thrown.
      used = 0;
    }
  }

  private void write(byte[] content) throws EventFileException {
    int done = 0;
    while (done < content.length) {
      int step = Math.min(content.length - done, BUFFER_LENGTH);
      reserve(step);
      buffer.putBytes(used, content, done, step);
      used += step;
      done += step;
    }
    flush();
  }

  private void putHeader(int type, int length) {
    buffer.putInt(used, type);
    buffer.putShort(used + Integer.BYTES, (short) 0);
    buffer.putShort(used + Integer.BYTES + Short.BYTES, (short) length);
  }

  private void reserveUnchecked(int length) {
    try {
      reserve(length);
    } catch (EventFileException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void reserve(int length) throws EventFileException {
    if (length > BUFFER_LENGTH - used) {
      flush();
    }
  }

  @Override
  public String toString() {
    return "PerfDataWriter{file="
        + file
        + ", sizeBytes="
        + sizeBytes()
        + ", events="
        + events
        + "}";
  }
}
