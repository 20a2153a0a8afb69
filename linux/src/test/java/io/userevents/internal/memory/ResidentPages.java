// SPDX-License-Identifier: Apache-2.0
package io.userevents.internal.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which pages of this process are in memory, and which addresses are mapped at all. */
public final class ResidentPages {

  /** A bit in an entry of pagemap ({@code Documentation/admin-guide/mm/pagemap.rst}). */
  private static final long PRESENT = 1L << 63;

  private ResidentPages() {}

  /** How many pages of these bytes are in memory. */
  public static int count(long address, long length) throws IOException {
    int pageLength = pageLength();
    int present = 0;
    ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    try (RandomAccessFile pagemap = new RandomAccessFile("/proc/self/pagemap", "r")) {
      for (long page = address / pageLength; page * pageLength < address + length; page++) {
        pagemap.seek(page * Long.BYTES);
        // By whole entries, or the kernel refuses.
        pagemap.readFully(entry.array());
        if ((entry.getLong(0) & PRESENT) != 0) {
          present++;
        }
      }
    }
    return present;
  }

  /** Whether a byte of the process lies at this address. */
  public static boolean isMapped(long address) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .map(line -> line.substring(0, line.indexOf(' ')).split("-", -1))
        .anyMatch(
            range ->
                Long.parseUnsignedLong(range[0], 16) <= address
                    && address < Long.parseUnsignedLong(range[1], 16));
  }

  public static int pageLength() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/smaps")).stream()
        .filter(line -> line.startsWith("KernelPageSize:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}
