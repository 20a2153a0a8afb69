// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Finds the decompression library. */
final class Compression {

  private Compression() {}

  /** Opens a zstd stream. If the library is missing, throws an exception that names it. */
  static Zstd zstd(String file) throws EventFileException {
    try {
      return new Zstd();
    } catch (LinkageError e) {
      throw missing(file, e);
    }
  }

  /**
   * Decompresses a piece of trace.dat.
   *
   * @param algorithm as the file names it
   * @return whether the result has exactly the expected number of bytes
   */
  static boolean decompress(String file, String algorithm, byte[] from, byte[] into)
      throws EventFileException {
    return switch (algorithm) {
      case "zstd" -> {
        try {
          yield Zstd.decompress(from, into);
        } catch (LinkageError e) {
          throw missing(file, e);
        }
      }
      case "zlib" -> inflate(from, into);
      default ->
          throw EventFileException.unsupported(
              file, "it is compressed by " + algorithm + ", not by zstd or zlib");
    };
  }

  private static boolean inflate(byte[] from, byte[] into) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(from);
      int done = 0;
      while (done < into.length) {
        int step = inflater.inflate(into, done, into.length - done);
        if (step == 0) {
          return false;
        }
        done += step;
      }
      return true;
    } catch (DataFormatException e) {
      return false;
    } finally {
      inflater.end();
    }
  }

  private static EventFileException missing(String file, LinkageError cause) {
    return new EventFileException(
        "cannot read the file: file="
            + file
            + ": it is compressed with zstd, and the zstd library is missing; add the artifact"
            + " com.github.luben:zstd-jni to the class path, or record without compression",
        file,
        EventFileException.NO_OFFSET,
        cause);
  }
}
