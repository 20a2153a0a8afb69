// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.libraries;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains an error of the set-up: which library, flag or limit caused it, which version was found
 * and which is needed, and what to do. Any thread may call the method; it never throws.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class Diagnosis {

  /** The flag that Agrona 2.x needs; nothing in its archive says so. */
  static final String EXPORT_FLAG = "--add-exports=java.base/jdk.internal.misc=";

  /** The flag of JDK 24 and newer that allows what Agrona 1.x does. */
  static final String UNSAFE_FLAG = "--sun-misc-unsafe-memory-access=allow";

  /** The class that Agrona 1.x uses, at the top of the stack trace when the JDK forbids it. */
  private static final String UNSAFE = "sun.misc.Unsafe";

  private static final int MAX_TEXT = 300;

  private Diagnosis() {}

  /**
   * Returns the text, without a full stop, that follows "cannot be set up: ".
   *
   * @param error the error of the set-up
   * @param candidates the libraries that may have caused it
   * @return the text
   */
  public static String of(Throwable error, List<Library> candidates) {
    try {
      return diagnose(Causes.of(error), candidates);
    } catch (RuntimeException | LinkageError e) {
      // The bare error is better than an error in building the message.
      return "cause=" + error;
    }
  }

  private static String diagnose(List<Throwable> causes, List<Library> candidates) {
    Throwable root = causes.get(causes.size() - 1);
    for (Throwable cause : causes) {
      if (cause instanceof OutOfMemoryError) {
        return "out of memory: cause="
            + text(cause)
            + "; raise -XX:MaxDirectMemorySize, -Xmx or the container's limit, or make the ring"
            + " smaller (ring slots, longest record)";
      }
    }
    Library library = library(causes, candidates);
    if (library == null) {
      return "cause=" + text(root);
    }
    String found = library.found();
    return library.name()
        + " does not work here: library="
        + library.group()
        + ":"
        + library.artifact()
        + " found="
        + found
        + " needed="
        + (library.isBundled() ? "this version" : library.needed())
        + " cause="
        + text(root)
        + "; "
        + remedy(causes, library, found);
  }

  private static String remedy(List<Throwable> causes, Library library, String found) {
    if (library.equals(Library.AGRONA)) {
      if (Causes.mention(causes, "jdk.internal.misc")) {
        return "start the JVM with "
            + EXPORT_FLAG
            + module(library)
            + (library.isBundled() ? "" : ", or use Agrona 1.23.1");
      }
      if (isRefusedUnsafe(causes)) {
        return "start the JVM with "
            + UNSAFE_FLAG
            + (library.isBundled()
                ? ""
                : ", or use Agrona 2.x with " + EXPORT_FLAG + module(library));
      }
    }
    if (library.equals(Library.JNA)) {
      String remedy = JnaRemedy.of(causes, module(library));
      if (remedy != null) {
        return remedy;
      }
    }
    if (library.isBundled()) {
      return "use the javaagent's extension as it was published";
    }
    return (found.equals("none") ? "add " : "use ")
        + library.group()
        + ":"
        + library.artifact()
        + " in a version that is needed; if the build already names one, another library or the"
        + " runtime puts its own before it";
  }

  /** Returns the library whose class an error names, or whose class was being initialized. */
  private static @Nullable Library library(List<Throwable> causes, List<Library> candidates) {
    for (int i = causes.size() - 1; i >= 0; i--) {
      for (Library library : candidates) {
        if (Causes.mentions(causes.get(i), library.packages())) {
          return library;
        }
      }
    }
    for (int i = causes.size() - 1; i >= 0; i--) {
      for (StackTraceElement frame : causes.get(i).getStackTrace()) {
        for (Library library : candidates) {
          if (frame.getClassName().startsWith(library.packages())) {
            return library;
          }
        }
      }
    }
    return null;
  }

  private static boolean isRefusedUnsafe(List<Throwable> causes) {
    for (Throwable cause : causes) {
      StackTraceElement[] frames = cause.getStackTrace();
      // The class of the error does not tell, because the JVM keeps only the trace of an
      // initialization that failed before.
      if (frames.length > 0 && frames[0].getClassName().equals(UNSAFE)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the module that a flag must name. */
  private static String module(Library library) {
    Class<?> found = library.find();
    String name = found == null ? null : found.getModule().getName();
    return name == null ? "ALL-UNNAMED" : name;
  }

  /** Returns the error on one line, shortened because the messages of some libraries fill pages. */
  private static String text(Throwable cause) {
    String text = cause.toString().strip().replaceAll("\\s+", " ");
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
  }
}
