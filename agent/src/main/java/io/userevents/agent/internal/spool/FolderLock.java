// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reserves a folder for one spool, by a kernel lock on the file {@code lock}. The kernel releases
 * the lock when the process ends for any reason. The file contains the id of the process that holds
 * the lock.
 */
final class FolderLock implements Closeable {

  static final String FILE_NAME = "lock";

  private static final int MAX_PID_BYTES = 32;
  private static final Pattern PID = Pattern.compile("[0-9]{1,10}");

  /**
   * The folders that this process holds. The kernel's locks belong to processes, and closing any
   * descriptor of a file releases them (fcntl(2), "Record locks"). A second spool must therefore be
   * refused before it opens the file.
   */
  private static final Set<Path> HELD = new HashSet<>();

  /**
   * Files whose locks belong to another copy of this class. Closing them would release these locks.
   */
  private static final List<FileChannel> KEPT_OPEN = new ArrayList<>();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @throws SpoolException if another spool holds it
   */
  static FolderLock acquire(Path folder) throws IOException {
    Path real = folder.toRealPath();
    synchronized (HELD) {
      if (!HELD.add(real)) {
        throw inUse(folder, Long.toString(ProcessHandle.current().pid()), null);
      }
      // An interrupted thread would close the channel and release the lock.
      boolean isInterrupted = Thread.interrupted();
      boolean isLocked = false;
      try {
        FolderLock lock = new FolderLock(real, lock(folder));
        isLocked = true;
        return lock;
      } finally {
        if (!isLocked) {
          HELD.remove(real);
        }
        if (isInterrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(FILE_NAME),
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            FolderStorage.OWNER_ONLY_FILE);
    boolean isKept = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(folder, holder(channel), null);
      }
      channel.truncate(0);
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(pid), 0);
      isKept = true;
      return channel;
    } catch (OverlappingFileLockException e) {
      KEPT_OPEN.add(channel);
      isKept = true;
      throw inUse(folder, Long.toString(ProcessHandle.current().pid()), e);
    } finally {
      if (!isKept) {
        channel.close();
      }
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_PID_BYTES);
    channel.read(buffer, 0);
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    return PID.matcher(text).matches() ? text : "unknown";
  }

  private static SpoolException inUse(Path folder, String pid, @Nullable Throwable cause) {
    return new SpoolException(
        "another agent uses the spool: folder="
            + folder
            + " pid="
            + pid
            + "; stop that agent, or give this agent another folder",
        cause);
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      try {
        channel.close();
      } finally {
        HELD.remove(folder);
      }
    }
  }
}
