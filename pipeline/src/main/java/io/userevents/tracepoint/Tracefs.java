// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds where tracefs is mounted. */
public final class Tracefs {

  /** Where Linux usually has it. */
  public static final Path USUAL = Path.of("/sys/kernel/tracing");

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final Pattern ESCAPE = Pattern.compile("\\\\[0-7]{3}");

  private Tracefs() {}

  /**
   * The folder on which tracefs is mounted for this process: the usual one if it is among the
   * mounts, else the first, else empty.
   */
  public static Optional<Path> find() {
    try {
      // Not readAllLines, which throws on names that are no UTF-8.
      return find(new String(Files.readAllBytes(MOUNTS), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      // Not a Linux, or /proc is not mounted: then the usual place is the best guess there is.
      return Files.isDirectory(USUAL) ? Optional.of(USUAL) : Optional.empty();
    }
  }

  static Optional<Path> find(List<String> mounts) {
    Path first = null;
    for (String line : mounts) {
      // Fields: device, folder, type, options ... (fstab(5)).
      String[] fields = line.split(" ", -1);
      if (fields.length < 3 || !fields[2].equals("tracefs")) {
        continue;
      }
      Path folder = Path.of(unescape(fields[1]));
      if (folder.equals(USUAL)) {
        return Optional.of(folder);
      }
      if (first == null) {
        first = folder;
      }
    }
    return Optional.ofNullable(first);
  }

  /** Undoes the octal escapes, e.g. {@code \040} for a space, of /proc/mounts. */
  private static String unescape(String field) {
    StringBuilder plain = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && ESCAPE.matcher(field).region(i, field.length()).lookingAt()) {
        plain.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
