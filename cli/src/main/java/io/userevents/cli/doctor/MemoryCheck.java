// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the memory that the kernel's buffers of a listener will take. */
final class MemoryCheck implements Check {

  static final Path MEMORY = Path.of("/proc/meminfo");

  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB");

  /** The largest part of the available memory that a listener should take. */
  private static final int PART = 10;

  private static final long MIB = 1 << 20;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Finding look(Machine machine) {
    long listenerMib = machine.listenerMemory() / MIB;
    long availableMib;
    try {
      Matcher matcher = AVAILABLE.matcher(machine.read(MEMORY));
      if (!matcher.find()) {
        return Finding.skipped("a listener takes " + listenerMib + " MiB; free memory is unknown");
      }
      availableMib = Long.parseLong(matcher.group(1)) / 1024;
    } catch (IOException | NumberFormatException e) {
      return Finding.skipped("a listener takes " + listenerMib + " MiB; free memory is unknown");
    }
    String found =
        "a listener takes " + listenerMib + " MiB of " + availableMib + " MiB that are available";
    return listenerMib * PART <= availableMib
        ? Finding.ok(found)
        : Finding.note(found, "smaller buffers", "user-events listen --buffer-kb=64");
  }
}
