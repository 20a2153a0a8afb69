// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The folder of a spool. It is an interface so that tests can make any operation fail. */
interface Storage {

  /** The end of the name of a file that was set aside. */
  String SET_ASIDE = ".unreadable";

  /** Returns the paths of all entries in the folder. */
  List<Path> list() throws IOException;

  /** Returns whether the path names a file that is neither a folder nor a link. */
  boolean isFile(Path path);

  /**
   * Creates a file that only its owner may read and write.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the name is in use
   */
  SegmentFile create(Path path) throws IOException;

  /**
   * Opens a file to read and write.
   *
   * @throws java.nio.file.NoSuchFileException if the file does not exist
   */
  SegmentFile open(Path path) throws IOException;

  /** Returns whether the rights of this process allow it to read and write the file. */
  boolean isAccessible(Path path);

  /**
   * Renames a file that cannot be read, so that it no longer belongs to the spool. Returns its new
   * path.
   */
  Path setAside(Path path) throws IOException;

  /** Deletes a file. Succeeds if the file does not exist. */
  void delete(Path path) throws IOException;

  /** Returns once the names in the folder are on the disk. */
  void sync() throws IOException;
}
