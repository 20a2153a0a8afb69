// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine as the kernel has it; that of the container in a UTS namespace. */
final class HostName {

  private static final Path FILE = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** The name, or an empty text if it cannot be read. */
  static String ofThisMachine() {
    try {
      return Files.readString(FILE).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
