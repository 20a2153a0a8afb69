// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Says which {@code user_events_data} an attempt to register uses. It is a path that this process
 * opens, or a descriptor that other code has opened and that this process only uses. This process
 * never closes such a descriptor: other code may use it, and the next registration uses it again.
 *
 * @param path of the file; of a descriptor, where it was opened as far as {@code /proc} knows
 * @param descriptor its number, or {@link PassedDescriptors#NONE} if the path is opened
 * @param origin source that named a descriptor
 * @param obstacle why a descriptor that seems to be there is not used; may be empty
 */
record DataFile(String path, int descriptor, String origin, String obstacle) {

  private static final String SETTING = "setting";
  private static final String SERVICE_MANAGER = "LISTEN_FDS";

  /** Returns the file of this name, or the one in the folder of this name. */
  static Supplier<DataFile> inTracefs(Path named) {
    return () -> ofPath(Tracefs.dataFile(named), "");
  }

  /** Returns the descriptor of this number. */
  static Supplier<DataFile> ofDescriptor(int descriptor) {
    return () -> ofDescriptor(descriptor, SETTING);
  }

  /**
   * Returns the descriptor that a service manager passes by the name {@value Tracefs#DATA_FILE}. If
   * there is no such descriptor, returns the file where it is found.
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
      // The descriptor is not open, or there is no /proc; the link's own path then names it.
      return new DataFile(link.toString(), descriptor, origin, "");
    }
  }

  /** Returns whether other code has opened it; that code closes it too. */
  boolean isInherited() {
    return descriptor != PassedDescriptors.NONE;
  }

  /**
   * Returns whether the descriptor may be a regular file, as the files of tracefs are. A file of
   * another kind might take the registering call for another call.
   */
  boolean mayBeRegular() {
    Path link = link(descriptor);
    return !Files.exists(link) || Files.isRegularFile(link);
  }

  /** Returns whether a descriptor with these flags of {@code fcntl(F_GETFL)} can be written to. */
  static boolean isWritable(int flags) {
    return (flags & Syscalls.O_ACCMODE) != Syscalls.O_RDONLY;
  }

  /** Returns the text for log lines. */
  @Override
  public String toString() {
    return isInherited() ? path + " descriptor=" + descriptor + " named_by=" + origin : path;
  }

  private static Path link(int descriptor) {
    return Path.of("/proc/self/fd", Integer.toString(descriptor));
  }
}
