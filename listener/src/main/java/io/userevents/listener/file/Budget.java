// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

/** Limits the memory that all CPUs of a file take together. Not thread-safe. */
final class Budget {

  /**
   * The limit: room for 8,192 CPUs with pages and windows of 4 KiB and pieces of 40 KiB, the sizes
   * that trace-cmd uses.
   */
  private static final long MAX_BYTES = 1L << 29;

  private final String file;
  private long taken;

  Budget(String file) {
    this.file = file;
  }

  /** Reserves memory. Throws if the limit would be exceeded. */
  byte[] allocate(long length, long position) throws EventFileException {
    // At most a fraction of the maximum heap of this JVM.
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
