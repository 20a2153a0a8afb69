// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Looks up users in {@code /etc/passwd}, whose fields are {@code name:password:uid:...}. */
final class Users {

  private static final Path PASSWD = Path.of("/etc/passwd");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
  private static final int NAME = 0;
  private static final int UID = 2;

  private Users() {}

  /**
   * Returns the id of a user.
   *
   * @param user a name, or the id itself
   * @throws IllegalArgumentException if the file has no such name
   */
  static long idOf(String user) {
    if (NUMBER.matcher(user).matches()) {
      return Long.parseLong(user);
    }
    String content;
    try {
      content = Files.readString(PASSWD, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read " + PASSWD + " to look up '" + user + "'; give the number: " + e, e);
    }
    for (String line : content.split("\n", -1)) {
      String[] fields = line.split(":", -1);
      if (fields.length > UID && fields[NAME].equals(user)) {
        return Long.parseLong(fields[UID]);
      }
    }
    throw new IllegalArgumentException(
        "there is no user '" + user + "' in " + PASSWD + "; give the number, as id -u prints it");
  }
}
