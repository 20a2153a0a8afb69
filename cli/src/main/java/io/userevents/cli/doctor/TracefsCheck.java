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

  private record Mount(String place, String options) {

    boolean isWritable() {
      return !List.of(options.split(",", -1)).contains("ro");
    }
  }

  @Override
  public String name() {
    return "tracefs";
  }

  @Override
  public Finding look(Machine machine) {
    List<Mount> mounts;
    try {
      mounts = mounts(machine);
    } catch (IOException e) {
      return Finding.skipped("cannot read " + MOUNTS);
    }
    if (mounts.isEmpty()) {
      return machine.exists(KernelCheck.SETTING)
          ? Finding.fail("not mounted", WANTED, "sudo mount -t tracefs nodev /sys/kernel/tracing")
          : Finding.note("not mounted; mount it once the kernel has user_events", null, null);
    }
    String found =
        String.join(
            ", ",
            mounts.stream()
                .map(mount -> mount.place() + " (" + distinct(mount.options()) + ")")
                .toList());
    return mounts.stream().anyMatch(Mount::isWritable)
        ? Finding.ok(found)
        : Finding.fail(
            found + ": read-only", WANTED, "sudo mount -o remount,rw " + machine.tracefs());
  }

  /** Returns whether tracefs is mounted nowhere. It is false if this user cannot tell. */
  static boolean isMissing(Machine machine) {
    try {
      return mounts(machine).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Mount> mounts(Machine machine) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String line : machine.read(MOUNTS).lines().toList()) {
      List<String> fields = Arrays.asList(line.split(" ", -1));
      int separator = fields.indexOf("-");
      if (separator > OPTIONS
          && separator + 3 < fields.size()
          && fields.get(separator + 1).equals("tracefs")) {
        mounts.add(
            new Mount(fields.get(PLACE), fields.get(OPTIONS) + "," + fields.get(separator + 3)));
      }
    }
    return mounts;
  }

  private static String distinct(String options) {
    return String.join(",", Arrays.stream(options.split(",", -1)).distinct().toList());
  }
}
