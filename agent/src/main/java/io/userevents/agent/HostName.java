// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the kernel's name of this machine. In a UTS namespace, this is the name of the container.
 */
final class HostName {

  private static final Path FILE = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** Returns the name, or an empty text if it cannot be read. */
  static String ofThisMachine() {
    try {
      return Files.readString(FILE).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
