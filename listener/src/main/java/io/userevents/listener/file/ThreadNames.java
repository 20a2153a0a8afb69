// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntHashSet;

/**
 * Writes the name of each thread before its first event, as {@code PERF_RECORD_COMM}: header, u32
 * process, u32 thread, the name with a 0 at its end, padded to 8 bytes.
 *
 * <p>Not thread-safe.
 */
final class ThreadNames {

  /** The longest record. The kernel's names have at most 15 bytes ({@code TASK_COMM_LEN}). */
  static final int MAX_LENGTH = 32;

  private static final int COMM = 3;
  private static final int PID_OFFSET = 8;
  private static final int TID_OFFSET = 12;
  private static final int NAME_OFFSET = 16;
  private static final int MAX_NAME_LENGTH = 15;

  /**
   * The number of threads after which all names are read again, because thread ids are reused and
   * names change.
   */
  private static final int MAX_THREADS = 1 << 16;

  private final IntHashSet seen = new IntHashSet();
  private final Path proc;

  ThreadNames() {
    this(Path.of("/proc"));
  }

  ThreadNames(Path proc) {
    this.proc = proc;
  }

  /** Writes the record if the thread is new, and returns its length or 0. */
  int put(MutableDirectBuffer buffer, int offset, int pid, int tid) {
    if (tid <= 0 || seen.contains(tid)) {
      return 0;
    }
    if (seen.size() == MAX_THREADS) {
      seen.clear();
    }
    seen.add(tid);
    byte[] name = read(pid, tid);
    if (name.length == 0) {
      return 0;
    }
    int nameLength = Math.min(name.length, MAX_NAME_LENGTH);
    int length = BitUtil.align(NAME_OFFSET + nameLength + 1, Long.BYTES);
    buffer.setMemory(offset, length, (byte) 0);
    buffer.putInt(offset, COMM);
    buffer.putShort(offset + Integer.BYTES + Short.BYTES, (short) length);
    buffer.putInt(offset + PID_OFFSET, pid);
    buffer.putInt(offset + TID_OFFSET, tid);
    buffer.putBytes(offset + NAME_OFFSET, name, 0, nameLength);
    return length;
  }

  private byte[] read(int pid, int tid) {
    Path process = proc.resolve(Integer.toString(pid));
    byte[] name = read(process.resolve("task/" + tid + "/comm"));
    // The thread may have ended before its event is read.
    return name.length > 0 ? name : read(process.resolve("comm"));
  }

  private static byte[] read(Path comm) {
    try {
      byte[] line = Files.readAllBytes(comm);
      return new String(line, StandardCharsets.ISO_8859_1)
          .strip()
          .getBytes(StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // The thread has ended. perf shows its number.
      return new byte[0];
    }
  }
}
