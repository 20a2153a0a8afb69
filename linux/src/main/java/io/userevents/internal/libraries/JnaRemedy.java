// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what to do when JNA cannot load its native library, which JNA reports in several ways. */
final class JnaRemedy {

  static final String NATIVE_FLAG = "--enable-native-access=";

  private JnaRemedy() {}

  /** Returns the remedy, or null if the error is not about the native library. */
  static @Nullable String of(List<Throwable> causes, String module) {
    for (Throwable cause : causes) {
      if (cause instanceof IllegalCallerException) {
        return "start the JVM with " + NATIVE_FLAG + module;
      }
    }
    if (Causes.mention(causes, "incompatible JNA native library")) {
      return "the native library belongs to another version of JNA: remove -Djna.boot.library.path="
          + System.getProperty("jna.boot.library.path", "")
          + " or set -Djna.nosys=true";
    }
    if (causes.stream().noneMatch(UnsatisfiedLinkError.class::isInstance)) {
      return null;
    }
    if (Boolean.getBoolean("jna.nounpack")) {
      return "remove -Djna.nounpack=true, or set -Djna.boot.library.path to the folder that has"
          + " libjnidispatch.so of this version";
    }
    if (Causes.mention(causes, "failed to map segment")) {
      return "the folder that JNA unpacks to forbids execution (noexec): set -Djna.tmpdir to one"
          + " that allows it";
    }
    return "JNA cannot unpack its native library to "
        + folder()
        + ": set -Djna.tmpdir to a folder that this user may write to and run programs from; where"
        + " libc is musl (Alpine), install the package gcompat or use an image with glibc";
  }

  /** Returns where JNA 5.19.1 unpacks to (com.sun.jna.Native, getTempDir). */
  private static String folder() {
    String set = System.getProperty("jna.tmpdir");
    return set != null
        ? "jna.tmpdir=" + set
        : "JNA/temp below XDG_CACHE_HOME or ~/.cache, nor to java.io.tmpdir="
            + System.getProperty("java.io.tmpdir", "");
  }
}
