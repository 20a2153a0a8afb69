// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.internal.DefaultInstanceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates trace instances, and removes those that ended processes left behind.
 *
 * <p>An instance has a {@link DefaultInstanceName} unless the user chooses a name.
 *
 * <p>One file of each instance is held open from the creation of the instance to its removal. The
 * kernel does not remove an instance whose files are open ({@code __remove_instance} in {@code
 * kernel/trace/trace.c}, Linux 6.12), so a listener cannot remove the instance of a running one.
 * Between mkdir and open it can. In that case the instance is created again.
 *
 * <p>Thread-safe.
 */
final class InstanceNames {

  private static final Logger LOGGER = Logger.getLogger(InstanceNames.class.getName());
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
  private static final int MAX_LISTENERS = 1000;
  private static final int MAX_ATTEMPTS = 100;
  private static final long REMOVAL_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long REMOVAL_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /** The file that is held open. Every instance has it. */
  private static final String HELD_FILE = "tracing_on";

  /** Paths of the instances that this process has created. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final TracefsFiles files;
  private final Path instances;
  private final String boot;
  private final String namespace;

  /**
   * @param instances the folder of that name in tracefs
   */
  InstanceNames(TracefsFiles files, Path instances) {
    this(files, instances, bootId(), pidNamespace());
  }

  InstanceNames(TracefsFiles files, Path instances, String boot, String namespace) {
    this.files = files;
    this.instances = instances;
    this.boot = boot;
    this.namespace = namespace;
  }

  /** An instance that this process has created and holds. */
  record Held(Path folder, int fd) {}

  /** Creates the instance of this name. */
  Held create(String name) throws ListenerException {
    Path path = instances.resolve(name);
    for (int attempt = 1; ; attempt++) {
      // Added before the instance exists. Otherwise another listener of this process would take the
      // instance for a stale one.
      boolean isNew = OWN.add(path);
      try {
        files.createDirectory(path);
      } catch (ListenerException e) {
        if (isNew) {
          OWN.remove(path);
        }
        throw e;
      }
      try {
        int fd = files.open(path.resolve(HELD_FILE), Syscalls.O_RDONLY);
        if (Files.exists(path)) {
          return new Held(path, fd);
        }
        // The instance was removed, and a newer instance uses its memory. This descriptor holds the
        // newer one, because open looks for an address. The kernel unlinks the folder before it
        // frees the memory (__remove_instance in kernel/trace/trace.c, Linux 6.12).
        files.close(fd);
        OWN.remove(path);
        if (attempt == MAX_ATTEMPTS) {
          throw new ListenerException(
              "other processes removed the instance each time it was created: path="
                  + path
                  + " times="
                  + MAX_ATTEMPTS
                  + "; end these processes, or choose another name",
              0,
              null);
        }
      } catch (ListenerException e) {
        OWN.remove(path);
        if (!wasRemoved(e, path) || attempt == MAX_ATTEMPTS) {
          removeAfter(e, path);
          throw e;
        }
      }
    }
  }

  /**
   * Returns whether another process removed the instance before this process held it. While the
   * kernel removes an instance, its files still exist but cannot be opened ({@code ENODEV} of
   * {@code trace_array_get}).
   */
  private static boolean wasRemoved(ListenerException failure, Path path) {
    if (failure.errno() == Errno.ENODEV.number()) {
      long startNs = System.nanoTime();
      while (Files.exists(path) && System.nanoTime() - startNs < REMOVAL_NS) {
        LockSupport.parkNanos(REMOVAL_LOOK_NS);
      }
      return !Files.exists(path);
    }
    return failure.errno() == Errno.ENOENT.number() && !Files.exists(path);
  }

  private void removeAfter(ListenerException failure, Path path) {
    try {
      files.removeDirectory(path);
    } catch (ListenerException e) {
      failure.addSuppressed(e);
    }
  }

  /** Creates an instance whose name identifies its owner. */
  Held createDefault() throws ListenerException {
    long pid = ProcessHandle.current().pid();
    for (int number = 1; ; number++) {
      try {
        return create(DefaultInstanceName.of(boot, namespace, pid, number));
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
   * Removes the instances that ended processes left behind. The kernel keeps the instance of a
   * running process.
   */
  void removeStale() {
    removeStale(pid -> ProcessHandle.of(pid).isPresent());
  }

  void removeStale(LongPredicate isAlive) {
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

  /**
   * Returns whether the owner has ended or may have ended. For a process in another pid namespace
   * this is unknown, so the kernel decides when the removal is tried.
   */
  private boolean isStale(Path folder, LongPredicate isAlive) {
    Path name = folder.getFileName();
    Matcher matcher = DefaultInstanceName.matcher(name == null ? "" : name.toString());
    if (!matcher.matches() || OWN.contains(folder)) {
      return false;
    }
    boolean isOfThisNamespace = matcher.group(1).equals(boot) && matcher.group(2).equals(namespace);
    long pid = Long.parseLong(matcher.group(3));
    return !isOfThisNamespace || pid == ProcessHandle.current().pid() || !isAlive.test(pid);
  }

  private void removeStaleFolder(Path folder) {
    try {
      files.removeDirectory(folder);
      LOGGER.log(
          Level.INFO,
          "removed trace instance {0}, which a killed listener had left enabled",
          folder);
    } catch (ListenerException e) {
      LOGGER.log(Level.FINE, e, () -> "kept trace instance " + folder);
    }
  }

  private static String bootId() {
    try {
      String id = new String(Files.readAllBytes(BOOT_ID), StandardCharsets.US_ASCII);
      String digits = id.replace("-", "").strip();
      if (digits.length() >= DefaultInstanceName.BOOT_DIGITS) {
        return digits.substring(0, DefaultInstanceName.BOOT_DIGITS);
      }
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "cannot read the id of the boot", e);
    }
    return "0".repeat(DefaultInstanceName.BOOT_DIGITS);
  }

  /** The link has the form {@code pid:[4026531836]}. */
  private static String pidNamespace() {
    try {
      Matcher number = NUMBER.matcher(Files.readSymbolicLink(NAMESPACE).toString());
      if (number.find()) {
        return number.group();
      }
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "cannot read the number of the pid namespace", e);
    }
    return "0";
  }
}
