// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds the processes that have files open, as far as this user can see them. */
final class OpenFiles {

  private static final Path PROC = Path.of("/proc");

  private OpenFiles() {}

  /**
   * A process.
   *
   * @param pid its number in this pid namespace
   * @param name its short name
   */
  record Holder(long pid, String name) {

    @Override
    public String toString() {
      return name + " (pid " + pid + ")";
    }
  }

  /** Returns the processes that have an open file whose path matches. */
  static List<Holder> of(Machine machine, Predicate<String> isWanted) {
    List<Holder> holders = new ArrayList<>();
    List<String> processes;
    try {
      processes = machine.list(PROC);
    } catch (IOException e) {
      return holders;
    }
    for (String pid : processes) {
      if (pid.chars().allMatch(Character::isDigit) && hasOpen(machine, pid, isWanted)) {
        holders.add(new Holder(Long.parseLong(pid), name(machine, pid)));
      }
    }
    return holders;
  }

  private static boolean hasOpen(Machine machine, String pid, Predicate<String> isWanted) {
    Path descriptors = PROC.resolve(pid).resolve("fd");
    List<String> numbers;
    try {
      numbers = machine.list(descriptors);
    } catch (IOException e) {
      // The process belongs to another user, or it has ended.
      return false;
    }
    return numbers.stream()
        .anyMatch(number -> isWanted.test(target(machine, descriptors.resolve(number))));
  }

  /** Returns the path, or empty if the file was closed in the meantime. */
  private static String target(Machine machine, Path descriptor) {
    try {
      return machine.readLink(descriptor);
    } catch (IOException e) {
      return "";
    }
  }

  private static String name(Machine machine, String pid) {
    try {
      return machine.read(PROC.resolve(pid).resolve("comm")).strip();
    } catch (IOException e) {
      return "?";
    }
  }
}
