// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of the file system. Files are read and written with {@code RandomAccessFile}, because an
 * interrupt of the thread closes a {@code FileChannel}.
 */
final class FolderStorage implements Storage {

  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path folder;

  FolderStorage(Path folder) {
    this.folder = folder;
  }

  @Override
  public List<Path> list() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    }
  }

  @Override
  public boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public SegmentFile create(Path path) throws IOException {
    Files.createFile(path, OWNER_ONLY_FILE);
    return open(path);
  }

  @Override
  public SegmentFile open(Path path) throws IOException {
    // RandomAccessFile creates a missing file without an error.
    if (!isFile(path) && Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(path.toString());
    }
    return new OpenFile(new RandomAccessFile(path.toFile(), "rw"));
  }

  @Override
  public boolean isAccessible(Path path) {
    return Files.isReadable(path) && Files.isWritable(path);
  }

  @Override
  public Path setAside(Path path) throws IOException {
    String name = path.getFileName() + SET_ASIDE;
    Path target = path.resolveSibling(name);
    for (int i = 2; Files.exists(target, LinkOption.NOFOLLOW_LINKS); i++) {
      target = path.resolveSibling(name + "-" + i);
    }
    return Files.move(path, target);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void sync() throws IOException {
    sync(folder);
  }

  /** Waits until the names in a folder are on the disk, also on an interrupted thread. */
  static void sync(Path folder) throws IOException {
    boolean isInterrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          isInterrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class OpenFile implements SegmentFile {

    private final RandomAccessFile file;

    OpenFile(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
      file.seek(position);
      int done = 0;
      while (done < length) {
        int count = file.read(bytes, offset + done, length - done);
        if (count < 0) {
          break;
        }
        done += count;
      }
      return done;
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      file.seek(position);
      file.write(bytes, offset, length);
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.setLength(size);
    }

    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
