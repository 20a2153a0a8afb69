// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Says which {@code user_events_data} an attempt to register uses. It is a path that is opened, or
 * a descriptor that somebody else has opened and that this process only uses. The descriptor is
 * never closed here: others may use it too, and the next registration does.
 *
 * @param path of the file; of a descriptor, where it was opened as far as {@code /proc} knows
 * @param descriptor its number, or {@link PassedDescriptors#NONE} if the path is opened
 * @param origin of a descriptor: who named it
 * @param obstacle why a descriptor that seems to be there is not used; may be empty
 */
record DataFile(String path, int descriptor, String origin, String obstacle) {

  private static final String SETTING = "setting";
  private static final String SERVICE_MANAGER = "LISTEN_FDS";

  /** The file of this name, or in the folder of this name. */
  static Supplier<DataFile> inTracefs(Path named) {
    return () -> ofPath(Tracefs.dataFile(named), "");
  }

  /** The descriptor of this number. */
  static Supplier<DataFile> ofDescriptor(int descriptor) {
    return () -> ofDescriptor(descriptor, SETTING);
  }

  /**
   * The descriptor that a service manager passes by the name {@value Tracefs#DATA_FILE}, else the
   * file where it is found.
   *
   * @param environment of this process
   * @param pid of this process
   */
  static Supplier<DataFile> passedOrFound(Map<String, String> environment, long pid) {
    PassedDescriptors passed = PassedDescriptors.find(Tracefs.DATA_FILE, environment, pid);
    return () ->
        passed.number() == PassedDescriptors.NONE
            ? ofPath(Tracefs.dataFile(), passed.obstacle())
            : ofDescriptor(passed.number(), SERVICE_MANAGER);
  }

  private static DataFile ofPath(Path path, String obstacle) {
    return new DataFile(path.toString(), PassedDescriptors.NONE, "", obstacle);
  }

  private static DataFile ofDescriptor(int descriptor, String origin) {
    Path link = link(descriptor);
    try {
      return new DataFile(Files.readSymbolicLink(link).toString(), descriptor, origin, "");
    } catch (IOException e) {
      // Not open, or there is no /proc: then this names it as well.
      return new DataFile(link.toString(), descriptor, origin, "");
    }
  }

  /** Whether somebody else has opened it, who closes it too. */
  boolean isInherited() {
    return descriptor != PassedDescriptors.NONE;
  }

  /**
   * Whether the descriptor may be a regular file, as those of tracefs are. Others might understand
   * the call that registers as one of their own.
   */
  boolean mayBeRegular() {
    Path link = link(descriptor);
    return !Files.exists(link) || Files.isRegularFile(link);
  }

  /** Whether the flags of a descriptor, of {@code fcntl(F_GETFL)}, let it be written to. */
  static boolean isWritable(int flags) {
    return (flags & Syscalls.O_ACCMODE) != Syscalls.O_RDONLY;
  }

  /** For log lines. */
  @Override
  public String toString() {
    return isInherited() ? path + " descriptor=" + descriptor + " named_by=" + origin : path;
  }

  private static Path link(int descriptor) {
    return Path.of("/proc/self/fd", Integer.toString(descriptor));
  }
}
