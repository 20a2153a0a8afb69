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
 * Makes trace instances, and removes those that dead processes left behind.
 *
 * <p>Unless a name is chosen it is a {@link DefaultInstanceName}.
 *
 * <p>Each instance has one of its files held open from when it is made until it is removed. The
 * kernel removes no instance whose files are open ({@code __remove_instance} in {@code
 * kernel/trace/trace.c}, Linux 6.12), so that no listener can remove that of a living one. Between
 * mkdir and open it can: then the instance is made again.
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

  /** The file that is held open: one that each instance has. */
  private static final String HELD_FILE = "tracing_on";

  /** Paths of the instances that this process has made. */
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

  /** An instance that this process has made and holds. */
  record Held(Path folder, int fd) {}

  /** Makes the instance of this name. */
  Held create(String name) throws ListenerException {
    Path path = instances.resolve(name);
    for (int attempt = 1; ; attempt++) {
      // Before it is there: otherwise another listener of this process takes it for a stale one.
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
        // It was removed, and its memory is that of a newer instance, which this descriptor holds:
        // open looks for an address. The kernel unlinks the folder before it frees the memory
        // (__remove_instance in kernel/trace/trace.c, Linux 6.12).
        files.close(fd);
        OWN.remove(path);
        if (attempt == MAX_ATTEMPTS) {
          throw new ListenerException(
              "others have removed the instance each time that it was made: path="
                  + path
                  + " times="
                  + MAX_ATTEMPTS
                  + "; have them stop, or choose another name",
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
   * Whether somebody has removed the instance before it was held. While the kernel removes it, its
   * files are still there and cannot be opened ({@code ENODEV} of {@code trace_array_get}).
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

  /** Makes an instance whose name says whose it is. */
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

  /** Removes what dead processes left; that of a living one the kernel keeps. */
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

  /** Of processes in other namespaces it is not known whether they live: the kernel is asked. */
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
          "removed trace instance {0}, which a listener that was killed had left behind enabled",
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
      LOGGER.log(Level.FINE, "no id of the boot", e);
    }
    return "0".repeat(DefaultInstanceName.BOOT_DIGITS);
  }

  /** The link is like {@code pid:[4026531836]}. */
  private static String pidNamespace() {
    try {
      Matcher number = NUMBER.matcher(Files.readSymbolicLink(NAMESPACE).toString());
      if (number.find()) {
        return number.group();
      }
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "no number of the pid namespace", e);
    }
    return "0";
  }
}
