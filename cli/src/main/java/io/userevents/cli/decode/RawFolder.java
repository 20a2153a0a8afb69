// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import io.userevents.cli.console.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A folder with the payload of each event in a separate file. The name of a file has the number of
 * the event, its time and its process, so names sort in the order of the events.
 */
final class RawFolder {

  private static final long NS_PER_SECOND = 1_000_000_000;

  private final Path folder;
  private long files;

  private RawFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Creates the folder if it does not exist.
   *
   * @param isForced whether the folder may have files, some of which may be overwritten
   */
  static RawFolder open(Path folder, boolean isForced) throws CommandException {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> entries = Files.list(folder)) {
        if (!isForced && entries.findAny().isPresent()) {
          throw new CommandException(
              "the folder is not empty: " + folder + "; choose another one, or add --force");
        }
      }
    } catch (CommandException e) {
      throw e;
    } catch (IOException e) {
      throw failed("cannot use the folder", folder, e);
    }
    return new RawFolder(folder);
  }

  /**
   * Writes an event.
   *
   * @param writer process or thread, with its kind, e.g. {@code pid4242}
   */
  void write(byte[] event, long timestampNs, String writer) throws CommandException {
    files++;
    String name =
        String.format(
            Locale.ROOT,
            "%09d-%d.%09d-%s.pb",
            files,
            timestampNs / NS_PER_SECOND,
            timestampNs % NS_PER_SECOND,
            writer);
    Path file = folder.resolve(name);
    try {
      Files.write(file, event);
    } catch (IOException e) {
      throw failed("cannot write", file, e);
    }
  }

  private static CommandException failed(String what, Path path, IOException e) {
    return new CommandException(what + " " + path + ": " + e.getMessage(), e);
  }

  /** Returns the number of files that were written. */
  long files() {
    return files;
  }
}
