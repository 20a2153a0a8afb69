// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of trace instances, {@code user_events_PID_NUMBER} unless chosen, and the removal of those
 * that dead processes left behind. Thread-safe.
 */
final class InstanceNames {

  private static final Logger LOGGER = Logger.getLogger(InstanceNames.class.getName());
  private static final Pattern PATTERN = Pattern.compile("user_events_(\\d{1,18})_\\d{1,9}");
  private static final int MAX_LISTENERS = 1000;

  /** Paths of the instances that this process has made. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private InstanceNames() {}

  /** Makes the instance {@code name}, for this process. */
  static Path create(Path instances, String name) throws ListenerException {
    Path path = instances.resolve(name);
    TracefsFiles.createDirectory(path);
    OWN.add(path);
    return path;
  }

  /** Makes an instance that has the id of this process in its name. */
  static Path createDefault(Path instances) throws ListenerException {
    long pid = ProcessHandle.current().pid();
    for (int number = 1; ; number++) {
      try {
        return create(instances, "user_events_" + pid + "_" + number);
      } catch (ListenerException e) {
        if (e.errno() != Errno.EEXIST.number() || number == MAX_LISTENERS) {
          throw e;
        }
      }
    }
  }

  static void removed(Path path) {
    OWN.remove(path);
  }

  /**
   * Removes what dead processes left. The kernel refuses to remove an instance whose files are
   * open, so that one of a living listener in another pid namespace is safe.
   */
  static void removeStale(Path instances) {
    removeStale(instances, pid -> ProcessHandle.of(pid).isPresent());
  }

  static void removeStale(Path instances, LongPredicate isAlive) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(instances)) {
      for (Path folder : folders) {
        if (isStale(folder, isAlive)) {
          removeStaleFolder(folder);
        }
      }
    } catch (IOException e) {
      LOGGER.log(Level.FINE, e, () -> "cannot list " + instances);
    }
  }

  private static boolean isStale(Path folder, LongPredicate isAlive) {
    Path name = folder.getFileName();
    Matcher matcher = PATTERN.matcher(name == null ? "" : name.toString());
    if (!matcher.matches()) {
      return false;
    }
    long pid = Long.parseLong(matcher.group(1));
    // In a container, a restarted process often has the id of the one before.
    boolean isOwn = pid == ProcessHandle.current().pid();
    return isOwn ? !OWN.contains(folder) : !isAlive.test(pid);
  }

  private static void removeStaleFolder(Path folder) {
    try {
      TracefsFiles.removeDirectory(folder);
      LOGGER.log(Level.INFO, "removed trace instance {0}, whose process is dead", folder);
    } catch (ListenerException e) {
      LOGGER.log(Level.FINE, e, () -> "kept trace instance " + folder);
    }
  }
}
