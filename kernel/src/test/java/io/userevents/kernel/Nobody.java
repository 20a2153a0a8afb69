// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** The user without rights, and the rights that the tests give to it. */
final class Nobody {

  /** Runs a command as this user, in the same process. */
  static final String SETPRIV = "setpriv --reuid=65534 --regid=65534 --clear-groups";

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);

  private Nobody() {}

  static String[] prefix() {
    return SETPRIV.split(" ", -1);
  }

  /** Works only in the machine, where changes to the host's files stay in the guest's memory. */
  static void letReadTheClassPath() throws IOException {
    String classPath = System.getProperty("java.class.path");
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      for (Path path = Path.of(entry).toAbsolutePath(); path != null; path = path.getParent()) {
        if (!Files.exists(path)) {
          continue;
        }
        permit(path, OTHERS);
      }
    }
  }

  static void permit(Path path, Set<PosixFilePermission> more) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    if (permissions.addAll(more)) {
      Files.setPosixFilePermissions(path, permissions);
    }
  }
}
