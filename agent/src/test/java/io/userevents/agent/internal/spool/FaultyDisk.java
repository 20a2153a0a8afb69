// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A real folder whose writes fail or hang when a test says so, for tests of the agent. */
public final class FaultyDisk {

  private volatile Fault fault = () -> {};

  /** A fault of the disk. */
  @FunctionalInterface
  public interface Fault {

    /** Runs before each write, and may throw or wait. */
    void beforeWrite() throws IOException;
  }

  public void setFault(Fault fault) {
    this.fault = fault;
  }

  /** Opens a spool on this disk. */
  public Spool open(Path folder, SpoolSettings settings) throws SpoolException {
    return Spool.open(
        folder, settings, new FaultyStorage(new FolderStorage(folder)), Clocks.SYSTEM);
  }

  private final class FaultyStorage implements Storage {

    private final Storage real;

    FaultyStorage(Storage real) {
      this.real = real;
    }

    @Override
    public List<Path> list() throws IOException {
      return real.list();
    }

    @Override
    public boolean isFile(Path path) {
      return real.isFile(path);
    }

    @Override
    public SegmentFile create(Path path) throws IOException {
      return new FaultyFile(real.create(path));
    }

    @Override
    public SegmentFile open(Path path) throws IOException {
      return new FaultyFile(real.open(path));
    }

    @Override
    public boolean isAccessible(Path path) {
      return real.isAccessible(path);
    }

    @Override
    public Path setAside(Path path) throws IOException {
      return real.setAside(path);
    }

    @Override
    public void delete(Path path) throws IOException {
      real.delete(path);
    }

    @Override
    public void sync() throws IOException {
      real.sync();
    }
  }

  private final class FaultyFile implements SegmentFile {

    private final SegmentFile real;

    FaultyFile(SegmentFile real) {
      this.real = real;
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) throws IOException {
      return real.read(position, bytes, offset, length);
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      fault.beforeWrite();
      real.write(position, bytes, offset, length);
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      real.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      real.sync();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
