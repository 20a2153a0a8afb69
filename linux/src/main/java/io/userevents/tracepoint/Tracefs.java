// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds where tracefs is mounted, and its file {@code user_events_data}, which may be mounted
 * alone.
 *
 * <p>Thread-safe. Each call asks the file system anew, because mounts come and go.
 */
public final class Tracefs {

  /** Where Linux usually has it. */
  public static final Path USUAL = Path.of("/sys/kernel/tracing");

  /** The file that writers register with and write to. */
  public static final String DATA_FILE = TracefsMount.DATA_FILE;

  /** Where older systems have it; the kernel mounts it there when the folder is entered. */
  private static final Path IN_DEBUGFS = Path.of("/sys/kernel/debug/tracing");

  private static final List<Path> WELL_KNOWN = List.of(USUAL, IN_DEBUGFS);

  /** Every tracefs has it, so that a folder with it is one. */
  private static final String INSTANCES = "instances";

  private Tracefs() {}

  /**
   * The folder on which tracefs is mounted for this process: {@link #USUAL} or {@code
   * /sys/kernel/debug/tracing} if it can be seen there, else as {@code /proc/self/mountinfo} says:
   * the usual one if it is among the mounts, else the first, else empty. A mount of one file of
   * tracefs is none of the whole.
   */
  public static Optional<Path> find() {
    for (Path folder : WELL_KNOWN) {
      if (Files.isDirectory(folder.resolve(INSTANCES))) {
        return Optional.of(folder);
      }
    }
    Optional<Path> mounted = folder(TracefsMount.ofThisProcess());
    // Without /proc, the usual place is the best guess there is.
    return mounted.isPresent() || !Files.isDirectory(USUAL) ? mounted : Optional.of(USUAL);
  }

  /**
   * The file {@value #DATA_FILE} of this process: the first that it can reach of the one in {@link
   * #USUAL}, the one in {@code /sys/kernel/debug/tracing}, and those that {@code
   * /proc/self/mountinfo} has, in tracefs or mounted alone. If it can reach none, the one where
   * tracefs is mounted or should be, so that opening it says what is wrong.
   */
  static Path dataFile() {
    for (Path folder : WELL_KNOWN) {
      Path file = folder.resolve(DATA_FILE);
      if (Files.exists(file)) {
        return file;
      }
    }
    return dataFile(TracefsMount.ofThisProcess(), Files::exists);
  }

  /** The file {@value #DATA_FILE} that a user names by its own path or by that of its folder. */
  static Path dataFile(Path named) {
    Path name = named.getFileName();
    boolean isFile =
        Files.exists(named)
            ? !Files.isDirectory(named)
            : name != null && name.toString().equals(DATA_FILE);
    return isFile ? named : named.resolve(DATA_FILE);
  }

  static Optional<Path> folder(List<TracefsMount> mounts) {
    List<Path> folders =
        mounts.stream().filter(TracefsMount::isWhole).map(TracefsMount::place).toList();
    return folders.contains(USUAL) ? Optional.of(USUAL) : folders.stream().findFirst();
  }

  static Path dataFile(List<TracefsMount> mounts, Predicate<Path> exists) {
    return mounts.stream()
        .flatMap(mount -> mount.dataFile().stream())
        .filter(exists)
        .findFirst()
        .orElseGet(() -> folder(mounts).orElse(USUAL).resolve(DATA_FILE));
  }
}
