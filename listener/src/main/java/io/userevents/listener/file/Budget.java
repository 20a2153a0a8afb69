// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/** Bounds the memory that all CPUs of a file take together. Not thread-safe. */
final class Budget {

  /** 8,192 CPUs with pages and windows of 4 KiB and pieces of 40 KiB, as trace-cmd makes them. */
  private static final long MAX_BYTES = 1L << 29;

  private final String file;
  private long taken;

  Budget(String file) {
    this.file = file;
  }

  /** Fails if that is too much. */
  byte[] allocate(long length, long position) throws EventFileException {
    // No more than a fraction of what this JVM may take at all.
    long most = Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / 4);
    if (length < 0 || length > most - taken) {
      throw EventFileException.malformed(
          file,
          position,
          "its CPUs need too much memory: length=" + length + " before=" + taken + " most=" + most);
    }
    taken += length;
    return new byte[(int) length];
  }

  void give(byte[] bytes) {
    taken -= bytes.length;
  }
}
