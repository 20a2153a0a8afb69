// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The machine as seen by the checks: its files, and attempts to do what the commands do. Tests use
 * a scripted machine.
 */
interface Machine {

  /**
   * Returns the content of a file as text.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist, {@link
   *     java.nio.file.AccessDeniedException} if this user may not read it
   */
  String read(Path file) throws IOException;

  /** Returns the target of a link as text. */
  String readLink(Path link) throws IOException;

  /** Returns the names of the entries of a folder. */
  List<String> list(Path folder) throws IOException;

  /** Returns whether this user can see the file. */
  boolean exists(Path file);

  /** Removes an empty folder or an ftrace instance. A failure has the errno. */
  void remove(Path folder) throws IOException;

  /** Returns the folder of tracefs, or its usual place if it is not mounted. */
  Path tracefs();

  /** Returns a property of the JVM, or an empty text if it is not set. */
  String property(String name);

  /** Loads the facility that makes system calls. A successful attempt names it. */
  Attempt callTheKernel();

  /** Registers the event, as an exporter does. */
  Attempt write();

  /** Attaches to the event by ftrace. */
  Attempt readByFtrace();

  /** Attaches to the event by perf. */
  Attempt readByPerf();

  /** Writes an event without metrics, and waits until a listener gets it. */
  Attempt roundTrip(boolean byPerf);

  /** Returns the length of a memory page in bytes, or 4096 if it is unknown. */
  int pageLength();

  /** Returns the memory of the kernel's buffers of a listener with default settings, in bytes. */
  long listenerMemory();

  /**
   * The result of an attempt.
   *
   * @param works whether it succeeded
   * @param errno errno of the failed call; 0 if no call failed
   * @param found a readable line
   */
  record Attempt(boolean works, int errno, String found) {

    static Attempt success(String found) {
      return new Attempt(true, 0, found);
    }

    static Attempt failure(int errno, String found) {
      return new Attempt(false, errno, found);
    }
  }
}
