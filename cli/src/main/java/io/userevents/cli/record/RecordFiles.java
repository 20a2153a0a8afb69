// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.console.CommandException;
import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import io.userevents.listener.TracepointFormat;
import io.userevents.listener.file.EventFileException;
import io.userevents.listener.file.PerfDataWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The files of one recording: FILE, FILE.1, FILE.2 and so on, with the oldest events in the first.
 * A file that would exceed the limit is completed and never changed again. Each file has everything
 * that is needed to decode it. A number whose file already exists is skipped. Used by one thread.
 */
final class RecordFiles implements EventHandler, AutoCloseable {

  /** The smallest limit. The header and an event have room. */
  static final long MIN_LIMIT = 1 << 16;

  /**
   * The largest number of bytes that an event takes in addition to its own: headers, the name of
   * its thread, a loss.
   */
  private static final int OVERHEAD = 512;

  private final Path first;
  private final long limit;
  private final List<TracepointFormat> formats;
  private final Consumer<RecordedPart> onFinished;
  private final List<RecordedPart> finished = new ArrayList<>();
  private PerfDataWriter writer;
  private Path current;
  private int number;
  private long finishedEvents;
  private long finishedBytes;
  private boolean isFinished;

  /**
   * Creates the first file.
   *
   * @param limit of a file's length in bytes; {@link Long#MAX_VALUE} for no limit
   * @param onFinished called with each file that is complete
   * @throws EventFileException if it cannot be written
   */
  RecordFiles(
      Path first, long limit, List<TracepointFormat> formats, Consumer<RecordedPart> onFinished)
      throws EventFileException {
    this.first = first;
    this.limit = limit;
    this.formats = formats;
    this.onFinished = onFinished;
    current = first;
    writer = PerfDataWriter.create(first, formats);
  }

  /**
   * Returns the files of an earlier recording of this name, which {@link #remove} removes.
   *
   * @param isForced whether such files may exist
   * @throws CommandException if such files exist and removal is not forced
   */
  static List<Path> earlier(Path first, boolean isForced) throws CommandException {
    Path folder = first.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new CommandException("there is no folder for the file " + first + "; create it first");
    }
    List<Path> earlier = earlier(first);
    if (!isForced && !earlier.isEmpty()) {
      throw new CommandException(
          "the file already exists: "
              + earlier.get(0)
              + "; choose another one, or add --force to remove it");
    }
    return earlier;
  }

  /** Removes files. Called when nothing can prevent the recording any more. */
  static void remove(List<Path> earlier) throws CommandException {
    for (Path file : earlier) {
      try {
        // A device or a pipe, such as /dev/stdout, stays.
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new CommandException("cannot remove the file " + file + ": " + e.getMessage(), e);
      }
    }
  }

  /** Returns the file and those that follow it without a gap. */
  private static List<Path> earlier(Path first) {
    List<Path> found = new ArrayList<>();
    if (Files.exists(first)) {
      found.add(first);
    }
    for (int number = 1; ; number++) {
      Path next = following(first, number);
      if (!Files.exists(next)) {
        return found;
      }
      found.add(next);
    }
  }

  private static Path following(Path first, int number) {
    return first.resolveSibling(first.getFileName() + "." + number);
  }

  /**
   * Writes an event.
   *
   * @throws UncheckedIOException with an {@link EventFileException}, if it cannot be written
   */
  @Override
  public void onEvent(Sample sample) {
    if (writer.events() > 0 && writer.sizeBytes() + sample.event().capacity() + OVERHEAD > limit) {
      rotate();
    }
    writer.onEvent(sample);
  }

  private void rotate() {
    try {
      finishCurrent();
      do {
        number++;
      } while (Files.exists(following(first, number)));
      Path next = following(first, number);
      writer = PerfDataWriter.create(next, formats);
      isFinished = false;
      current = next;
    } catch (EventFileException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void finishCurrent() throws EventFileException {
    writer.close();
    isFinished = true;
    finishedEvents += writer.events();
    finishedBytes += writer.sizeBytes();
    RecordedPart part = new RecordedPart(current, writer.events(), writer.sizeBytes());
    finished.add(part);
    onFinished.accept(part);
  }

  /** Does the same as {@link PerfDataWriter#endRound}. */
  void endRound() throws EventFileException {
    writer.endRound();
  }

  /** Does the same as {@link PerfDataWriter#addLost}. */
  void addLost(long count) throws EventFileException {
    writer.addLost(count);
  }

  /** Does the same as {@link PerfDataWriter#flush}. */
  void flush() throws EventFileException {
    writer.flush();
  }

  /** Returns the number of events in all files. */
  long events() {
    return finishedEvents + (isFinished ? 0 : writer.events());
  }

  /** Returns the length of all files in bytes. */
  long sizeBytes() {
    return finishedBytes + (isFinished ? 0 : writer.sizeBytes());
  }

  /** Returns the number of files. */
  int files() {
    return finished.size() + (isFinished ? 0 : 1);
  }

  /** Returns the complete files, in order. */
  List<RecordedPart> finished() {
    return finished;
  }

  /** Completes the last file, and reports a failure. */
  void finish() throws EventFileException {
    finishCurrent();
  }

  @Override
  public void close() throws EventFileException {
    writer.close();
  }
}
