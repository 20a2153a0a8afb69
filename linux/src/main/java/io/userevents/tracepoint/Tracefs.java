// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds where tracefs is mounted, and finds its file {@code user_events_data}, which may be mounted
 * alone.
 *
 * <p>Any thread may call these methods. Each call asks the file system again, because mounts come
 * and go.
 *
 * @since 0.1.0
 */
public final class Tracefs {

  /** The folder where Linux usually mounts tracefs. */
  public static final Path USUAL = Path.of("/sys/kernel/tracing");

  /** The name of the file that writers register with and write to. */
  public static final String DATA_FILE = TracefsMount.DATA_FILE;

  /** The folder of older systems; the kernel mounts tracefs there when a process enters it. */
  private static final Path IN_DEBUGFS = Path.of("/sys/kernel/debug/tracing");

  private static final List<Path> WELL_KNOWN = List.of(USUAL, IN_DEBUGFS);

  /** A folder in every tracefs, by which one is recognized. */
  private static final String INSTANCES = "instances";

  private Tracefs() {}

  /**
   * Finds the folder on which tracefs is mounted for this process. It is {@link #USUAL} or {@code
   * /sys/kernel/debug/tracing} if tracefs can be seen there. Otherwise {@code /proc/self/mountinfo}
   * decides: the usual folder if it is among the mounts, or the first mount. A mount of a single
   * file of tracefs does not count.
   *
   * @return the folder; empty if tracefs is not mounted
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
   * Returns the file {@value #DATA_FILE} of this process. It is the first that the process can
   * reach of these: the one in {@link #USUAL}, the one in {@code /sys/kernel/debug/tracing}, and
   * those in {@code /proc/self/mountinfo}, in tracefs or mounted alone. If the process can reach
   * none, it is the one where tracefs is mounted or should be, so that the error of opening it says
   * why.
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

  /**
   * Returns the file {@value #DATA_FILE} that a user names by its path or by the path of its
   * folder.
   */
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
