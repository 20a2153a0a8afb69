// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Describes a place where tracefs, or a part of it, is mounted for this process.
 *
 * @param root the part of tracefs that is mounted; {@code /} is the whole
 * @param place the folder or file that it is mounted on
 */
record TracefsMount(String root, Path place) {

  static final String DATA_FILE = "user_events_data";

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final String WHOLE = "/";
  private static final String TYPE = "tracefs";
  private static final String SEPARATOR = "-";

  /**
   * The positions of fields. A separator ends the optional fields, of which there can be any
   * number.
   */
  private static final int ROOT = 3;

  private static final int PLACE = 4;
  private static final int FIRST_OPTIONAL = 6;
  private static final Pattern ESCAPE = Pattern.compile("\\\\[0-7]{3}");

  /**
   * Returns the mounts in the order of the kernel's table; empty without a readable {@code /proc}.
   */
  static List<TracefsMount> ofThisProcess() {
    try {
      // readAllLines would throw on names that are not UTF-8.
      return parse(new String(Files.readAllBytes(MOUNTS), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Reads lines of {@code /proc/PID/mountinfo} (proc_pid_mountinfo(5)).
   *
   * <pre>
   * 36 35 0:12 /user_events_data /run/user_events_data rw,noatime shared:7 - tracefs tracefs rw
   * id parent device root        place                 options  optional... - type  source  options
   * </pre>
   */
  static List<TracefsMount> parse(List<String> mountinfo) {
    List<TracefsMount> mounts = new ArrayList<>();
    for (String line : mountinfo) {
      List<String> fields = Arrays.asList(line.split(" ", -1));
      int separator = fields.indexOf(SEPARATOR);
      if (separator < FIRST_OPTIONAL
          || separator + 1 == fields.size()
          || !fields.get(separator + 1).equals(TYPE)) {
        continue;
      }
      try {
        mounts.add(
            new TracefsMount(unescape(fields.get(ROOT)), Path.of(unescape(fields.get(PLACE)))));
      } catch (InvalidPathException e) {
        // The locale of this process cannot name the place, so it can open nothing there either.
      }
    }
    return mounts;
  }

  /** Returns whether it is tracefs as a whole. */
  boolean isWhole() {
    return root.equals(WHOLE);
  }

  /** Returns the file that writers use, if it is in this part. */
  Optional<Path> dataFile() {
    if (isWhole()) {
      return Optional.of(place.resolve(DATA_FILE));
    }
    return root.equals(WHOLE + DATA_FILE) ? Optional.of(place) : Optional.empty();
  }

  /** Undoes the octal escapes, e.g. {@code \040} for a space, of the kernel's table. */
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
