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
import java.util.stream.Stream;

/**
 * The files of one recording: FILE, FILE.1, FILE.2 and so on, the oldest events in the first. A
 * file that would exceed the limit is finished, and never touched again; each has all that is
 * needed to decode it. Used by one thread.
 */
final class RecordFiles implements EventHandler, AutoCloseable {

  /** The header and an event have room. */
  static final long MIN_LIMIT = 1 << 16;

  /** An event takes no more beyond its own bytes: headers, the name of its thread, a loss. */
  private static final int OVERHEAD = 512;

  private final Path first;
  private final long limit;
  private final List<TracepointFormat> formats;
  private PerfDataWriter writer;
  private int files = 1;
  private long finishedEvents;
  private long finishedBytes;

  /**
   * Creates the first file.
   *
   * @param limit of a file's length in bytes; {@link Long#MAX_VALUE} for no limit
   * @throws EventFileException if it cannot be written
   */
  RecordFiles(Path first, long limit, List<TracepointFormat> formats) throws EventFileException {
    this.first = first;
    this.limit = limit;
    this.formats = formats;
    writer = PerfDataWriter.create(first, formats);
  }

  /**
   * Makes sure that the recording overwrites nothing, or may do so.
   *
   * @param isForced whether to remove files of an earlier recording of this name
   * @throws CommandException if there are some, and it is not forced
   */
  static void prepare(Path first, boolean isForced) throws CommandException {
    try {
      Path folder = first.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new CommandException(
            "there is no folder for the file " + first + "; create it first");
      }
      List<Path> earlier = earlier(first, folder);
      if (!isForced && !earlier.isEmpty()) {
        throw new CommandException(
            "the file is there already: "
                + earlier.get(0)
                + "; choose another one, or add --force to remove it");
      }
      for (Path file : earlier) {
        // A device or a pipe, such as /dev/stdout, stays.
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      }
    } catch (CommandException e) {
      throw e;
    } catch (IOException e) {
      throw new CommandException("cannot use the file " + first + ": " + e.getMessage(), e);
    }
  }

  /** The file and those that would follow it. */
  private static List<Path> earlier(Path first, Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.exists(first)) {
      found.add(first);
    }
    String prefix = first.getFileName() + ".";
    try (Stream<Path> entries = Files.list(folder)) {
      entries.filter(entry -> isNumbered(entry, prefix)).sorted().forEach(found::add);
    }
    return found;
  }

  private static boolean isNumbered(Path entry, String prefix) {
    String name = String.valueOf(entry.getFileName());
    return name.startsWith(prefix) && name.substring(prefix.length()).matches("[1-9][0-9]{0,8}");
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
      writer.close();
      finishedEvents += writer.events();
      finishedBytes += writer.sizeBytes();
      writer =
          PerfDataWriter.create(first.resolveSibling(first.getFileName() + "." + files), formats);
      files++;
    } catch (EventFileException e) {
      throw new UncheckedIOException(e);
    }
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
    return finishedEvents + writer.events();
  }

  /** Length of all files. */
  long sizeBytes() {
    return finishedBytes + writer.sizeBytes();
  }

  /** Number of files. */
  int files() {
    return files;
  }

  /** Completes the last file, and tells if that fails. */
  void finish() throws EventFileException {
    writer.close();
  }

  @Override
  public void close() throws EventFileException {
    writer.close();
  }
}
