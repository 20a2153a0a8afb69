// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The machine as checks see it: its files, and attempts to do what the commands do. Tests script
 * it.
 */
interface Machine {

  /**
   * Content of a file as text.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there, {@link
   *     java.nio.file.AccessDeniedException} if this user may not read it
   */
  String read(Path file) throws IOException;

  /** Target of a link, as text. */
  String readLink(Path link) throws IOException;

  /** Names of the entries of a folder. */
  List<String> list(Path folder) throws IOException;

  /** Whether this user can see the file. */
  boolean exists(Path file);

  /** Removes an empty folder, or an instance of ftrace; a failure has the errno. */
  void remove(Path folder) throws IOException;

  /** Folder of tracefs; where it should be if it is not mounted. */
  Path tracefs();

  /** A property of the JVM; empty if it is not set. */
  String property(String name);

  /** Loads the facility that makes system calls, which an attempt that works names. */
  Attempt callTheKernel();

  /** Registers the event, as an exporter does. */
  Attempt write();

  /** Attaches to the event by ftrace. */
  Attempt readByFtrace();

  /** Attaches to the event by perf. */
  Attempt readByPerf();

  /** Writes an event without metrics, and waits until a listener gets it. */
  Attempt roundTrip(boolean byPerf);

  /** Length of a page of memory in bytes; 4096 if it cannot be asked for. */
  int pageLength();

  /** Memory of the kernel's buffers of a listener with default settings, in bytes. */
  long listenerMemory();

  /**
   * The end of an attempt.
   *
   * @param works whether it succeeded
   * @param errno of the call that failed; 0 if it was none
   * @param found a line for people
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
