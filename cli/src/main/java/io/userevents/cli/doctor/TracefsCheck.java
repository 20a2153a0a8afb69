// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks where tracefs is mounted, and with which options. */
final class TracefsCheck implements Check {

  static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private static final String WANTED = "tracefs, mounted writable on /sys/kernel/tracing";
  private static final int PLACE = 4;
  private static final int OPTIONS = 5;

  @Override
  public String name() {
    return "tracefs";
  }

  @Override
  public Finding look(Machine machine) {
    List<String> mounts = new ArrayList<>();
    boolean isWritable = false;
    try {
      for (String line : machine.read(MOUNTS).lines().toList()) {
        List<String> fields = Arrays.asList(line.split(" ", -1));
        int separator = fields.indexOf("-");
        if (separator > OPTIONS
            && separator + 3 < fields.size()
            && fields.get(separator + 1).equals("tracefs")) {
          String options = fields.get(OPTIONS) + "," + fields.get(separator + 3);
          mounts.add(fields.get(PLACE) + " (" + distinct(options) + ")");
          isWritable |= !List.of(options.split(",", -1)).contains("ro");
        }
      }
    } catch (IOException e) {
      return Finding.skipped("cannot read " + MOUNTS);
    }
    if (mounts.isEmpty()) {
      return Finding.fail("not mounted", WANTED, "sudo mount -t tracefs nodev /sys/kernel/tracing");
    }
    String found = String.join(", ", mounts);
    return isWritable
        ? Finding.ok(found)
        : Finding.fail(
            found + ": read-only", WANTED, "sudo mount -o remount,rw " + machine.tracefs());
  }

  private static String distinct(String options) {
    return String.join(",", Arrays.stream(options.split(",", -1)).distinct().toList());
  }
}
