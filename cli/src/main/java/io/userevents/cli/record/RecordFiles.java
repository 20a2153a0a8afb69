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
 * The files of one recording: FILE, FILE.1, FILE.2 and so on, the oldest events in the first. A
 * file that would exceed the limit is finished, and never touched again; each has all that is
 * needed to decode it. A number whose file is there already is left out. Used by one thread.
 */
final class RecordFiles implements EventHandler, AutoCloseable {

  /** The header and an event have room. */
  static final long MIN_LIMIT = 1 << 16;

  /** An event takes no more beyond its own bytes: headers, the name of its thread, a loss. */
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
   * @param isForced whether there may be some
   * @throws CommandException if there are some, and it is not forced
   */
  static List<Path> earlier(Path first, boolean isForced) throws CommandException {
    Path folder = first.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new CommandException("there is no folder for the file " + first + "; create it first");
    }
    List<Path> earlier = earlier(first);
    if (!isForced && !earlier.isEmpty()) {
      throw new CommandException(
          "the file is there already: "
              + earlier.get(0)
              + "; choose another one, or add --force to remove it");
    }
    return earlier;
  }

  /** Removes files. To be called when nothing can refuse to record any more. */
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

  /** The file and those that follow it without a gap. */
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

  /** As {@link PerfDataWriter#endRound}. */
  void endRound() throws EventFileException {
    writer.endRound();
  }

  /** As {@link PerfDataWriter#addLost}. */
  void addLost(long count) throws EventFileException {
    writer.addLost(count);
  }

  /** As {@link PerfDataWriter#flush}. */
  void flush() throws EventFileException {
    writer.flush();
  }

  /** Events in all files. */
  long events() {
    return finishedEvents + (isFinished ? 0 : writer.events());
  }

  /** Length of all files. */
  long sizeBytes() {
    return finishedBytes + (isFinished ? 0 : writer.sizeBytes());
  }

  /** Number of files. */
  int files() {
    return finished.size() + (isFinished ? 0 : 1);
  }

  /** Those that are complete, in their order. */
  List<RecordedPart> finished() {
    return finished;
  }

  /** Completes the last file, and tells if that fails. */
  void finish() throws EventFileException {
    finishCurrent();
  }

  @Override
  public void close() throws EventFileException {
    writer.close();
  }
}
