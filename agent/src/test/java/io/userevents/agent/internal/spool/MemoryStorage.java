// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** A folder in memory whose operations fail when a test says so. */
final class MemoryStorage implements Storage {

  enum Operation {
    LIST,
    CREATE,
    OPEN,
    DELETE,
    RENAME,
    SYNC_FOLDER,
    READ,
    WRITE,
    TRUNCATE,
    SYNC
  }

  /** Files by path. Tests change the bytes to damage them. */
  final NavigableMap<Path, byte[]> files = new TreeMap<>();

  /** Operations that fail from now on, until they are taken out. */
  final Set<Operation> failing = EnumSet.noneOf(Operation.class);

  /** Operations until one fails, once; -1 for never. */
  int failAfter = -1;

  /** The operation that failed by {@link #failAfter}. */
  final List<Operation> failed = new ArrayList<>();

  /** Bytes of all files together at which writes fail after a part. */
  long capacity = Long.MAX_VALUE;

  /** Reads that touch this position of any file fail; -1 for none. */
  long badPosition = -1;

  /** Files that cannot be opened. */
  final Set<Path> badFiles = new HashSet<>();

  /** Files whose reads fail from the beginning up to this position. */
  final Map<Path, Long> badBeginnings = new HashMap<>();

  boolean isAccessible = true;

  int syncs;
  int folderSyncs;
  int openFiles;

  private void mayFail(Operation operation) throws IOException {
    if (failing.contains(operation)) {
      throw new IOException("Input/output error: " + operation);
    }
    if (failAfter == 0) {
      failAfter = -1;
      failed.add(operation);
      throw new IOException("Input/output error, once: " + operation);
    }
    if (failAfter > 0) {
      failAfter--;
    }
  }

  MemoryStorage copy() {
    MemoryStorage copy = new MemoryStorage();
    files.forEach((path, bytes) -> copy.files.put(path, bytes.clone()));
    return copy;
  }

  /** The bytes of a file that exists: the array, not a copy. */
  byte[] content(Path path) {
    return requireNonNull(files.get(path), "file");
  }

  long bytes() {
    return files.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  @Override
  public List<Path> list() throws IOException {
    mayFail(Operation.LIST);
    return List.copyOf(files.keySet());
  }

  @Override
  public boolean isFile(Path path) {
    return files.containsKey(path);
  }

  @Override
  public SegmentFile create(Path path) throws IOException {
    mayFail(Operation.CREATE);
    if (files.putIfAbsent(path, new byte[0]) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
    return new OpenFile(path);
  }

  @Override
  public SegmentFile open(Path path) throws IOException {
    mayFail(Operation.OPEN);
    if (badFiles.contains(path)) {
      throw new IOException("Input/output error: " + path);
    }
    if (!files.containsKey(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return new OpenFile(path);
  }

  @Override
  public boolean isAccessible(Path path) {
    return isAccessible;
  }

  @Override
  public Path setAside(Path path) throws IOException {
    mayFail(Operation.RENAME);
    Path target = path.resolveSibling(path.getFileName() + SET_ASIDE);
    files.put(target, content(path));
    files.remove(path);
    return target;
  }

  @Override
  public void delete(Path path) throws IOException {
    mayFail(Operation.DELETE);
    files.remove(path);
  }

  @Override
  public void sync() throws IOException {
    mayFail(Operation.SYNC_FOLDER);
    folderSyncs++;
  }

  private final class OpenFile implements SegmentFile {

    private final Path path;
    private boolean isOpen = true;

    OpenFile(Path path) {
      this.path = path;
      openFiles++;
    }

    private byte[] content() throws IOException {
      byte[] content = files.get(path);
      if (!isOpen || content == null) {
        throw new IOException("no open file: isOpen=" + isOpen + " path=" + path);
      }
      return content;
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
      mayFail(Operation.READ);
      byte[] content = content();
      if (position <= badPosition && badPosition < position + length) {
        throw new IOException("Input/output error at " + badPosition);
      }
      if (position < badBeginnings.getOrDefault(path, 0L)) {
        throw new IOException("Input/output error at " + position + " of " + path);
      }
      int count = (int) Math.max(0, Math.min(length, content.length - position));
      if (count > 0) {
        System.arraycopy(content, (int) position, bytes, offset, count);
      }
      return count;
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      int written = length;
      IOException failure = null;
      try {
        mayFail(Operation.WRITE);
      } catch (IOException e) {
        failure = e;
        written = length / 2;
      }
      byte[] content = content();
      long grown = Math.max(0, position + written - content.length);
      if (bytes() + grown > capacity) {
        failure = new IOException("No space left on device");
        written = (int) Math.max(0, written - (bytes() + grown - capacity));
      }
      int size = (int) Math.max(content.length, position + written);
      byte[] changed = written == 0 ? content : Arrays.copyOf(content, size);
      System.arraycopy(bytes, offset, changed, (int) position, written);
      files.put(path, changed);
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public long size() throws IOException {
      return content().length;
    }

    @Override
    public void truncate(long size) throws IOException {
      mayFail(Operation.TRUNCATE);
      files.put(path, Arrays.copyOf(content(), (int) size));
    }

    @Override
    public void sync() throws IOException {
      mayFail(Operation.SYNC);
      syncs++;
    }

    @Override
    public void close() {
      if (isOpen) {
        openFiles--;
      }
      isOpen = false;
    }
  }
}
