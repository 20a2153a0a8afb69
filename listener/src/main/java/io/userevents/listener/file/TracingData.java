// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.nio.charset.StandardCharsets;

/** Reads the beginning of perf's tracing data and of trace.dat (trace-cmd.dat(5)). */
final class TracingData {

  /** The magic number. */
  static final byte[] MAGIC = {0x17, 0x08, 0x44, 't', 'r', 'a', 'c', 'i', 'n', 'g'};

  /** The version that perf has written since Linux 3.15. */
  static final String PERF_VERSION = "0.6";

  private static final int MAX_VERSION_LENGTH = 16;
  private static final int LITTLE_ENDIAN = 0;

  private TracingData() {}

  /**
   * The first fields.
   *
   * @param version of the format
   * @param pageLength of the machine in bytes
   */
  record Beginning(String version, int pageLength) {}

  /** Reads perf's tracing data. */
  static void read(Window window, Formats formats) throws EventFileException {
    String version = readBeginning(window).version();
    if (!version.equals(PERF_VERSION)) {
      throw window.malformed("tracing data has the unknown version=" + version);
    }
    formats.readAll(window);
  }

  static Beginning readBeginning(Window window) throws EventFileException {
    window.require(MAGIC.length, "tracing data");
    for (byte expected : MAGIC) {
      if (window.nextByte("tracing data") != expected) {
        throw window.malformed(
            "tracing data does not begin with "
                + new String(MAGIC, 3, 7, StandardCharsets.US_ASCII));
      }
    }
    String version = window.nextString(MAX_VERSION_LENGTH, "version of tracing data");
    if (window.nextByte("byte order") != LITTLE_ENDIAN) {
      throw window.malformed("the file comes from a big-endian machine, which is not supported");
    }
    int longLength = window.nextByte("length of a long");
    if (longLength != Long.BYTES && longLength != Integer.BYTES) {
      throw window.malformed("a long has an impossible length=" + longLength);
    }
    return new Beginning(version, window.nextInt("length of a page"));
  }
}
