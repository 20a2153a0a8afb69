// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The folder of a spool, so that tests can let any operation on it fail. */
interface Storage {

  /** The paths of all that lies in the folder. */
  List<Path> list() throws IOException;

  /** Says whether the path names a file that is neither a folder nor a link. */
  boolean isFile(Path path);

  /**
   * Creates a file that only its owner may read and write.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the name is taken
   */
  SegmentFile create(Path path) throws IOException;

  /**
   * Opens a file to read and write.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  SegmentFile open(Path path) throws IOException;

  /** Deletes a file. Succeeds if there is none. */
  void delete(Path path) throws IOException;

  /** Returns once the names in the folder are on the disk. */
  void sync() throws IOException;
}
