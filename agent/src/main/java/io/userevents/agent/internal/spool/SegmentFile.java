// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.Closeable;
import java.io.IOException;

/**
 * An open segment file. Interrupting the thread that uses it has no effect on it. Used by one
 * thread.
 */
interface SegmentFile extends Closeable {

  /** Reads until the length or the end of the file is reached. Returns the number of bytes read. */
  int read(long position, byte[] bytes, int offset, int length) throws IOException;

  /** Writes all bytes, or throws after it has written some of them. */
  void write(long position, byte[] bytes, int offset, int length) throws IOException;

  long size() throws IOException;

  void truncate(long size) throws IOException;

  /** Returns once the bytes and the size are on the disk. */
  void sync() throws IOException;
}
