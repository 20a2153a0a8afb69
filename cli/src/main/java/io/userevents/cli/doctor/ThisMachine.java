// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.capture.Captures;
import io.userevents.cli.capture.Facility;
import io.userevents.cli.console.Text;
import io.userevents.internal.syscall.Errno;
import io.userevents.internal.syscall.Syscalls;
import io.userevents.listener.ListenerException;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegistrationException;
import io.userevents.tracepoint.Tracefs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The machine on which this process runs. Attempts keep the event registered while they run. */
final class ThisMachine implements Machine {

  private static final int USUAL_PAGE_LENGTH = 4096;

  private static final int CHUNK_LENGTH = 1 << 16;

  /**
   * The largest number of bytes that are read. The files are shorter, but some devices never end.
   */
  private static final int MAX_LENGTH = 1 << 24;

  private static final Path POSSIBLE_CPUS = Path.of("/sys/devices/system/cpu/possible");

  @Override
  public String read(Path file) throws IOException {
    // Does not use readString or readAllBytes. They read one byte first, and a second read of a
    // kernel setting returns its end.
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK_LENGTH);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      while (channel.read(bytes.clear()) > 0 && content.size() < MAX_LENGTH) {
        content.write(bytes.array(), 0, bytes.position());
      }
    }
    return content.toString(StandardCharsets.UTF_8);
  }

  @Override
  public String readLink(Path link) throws IOException {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (InvalidPathException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public List<String> list(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public void remove(Path folder) throws IOException {
    int result;
    try {
      result = Syscalls.ofThisMachine().rmdir(folder.toString());
    } catch (UnsupportedOperationException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (result < 0) {
      throw new IOException("rmdir failed: errno=" + Errno.describe(-result));
    }
  }

  @Override
  public Path tracefs() {
    return Tracefs.find().orElse(Tracefs.USUAL);
  }

  @Override
  public String property(String name) {
    return System.getProperty(name, "");
  }

  @Override
  public Attempt callTheKernel() {
    try {
      String facility = Syscalls.ofThisMachine().facility();
      return Attempt.success(
          facility.equals("jna") ? "JNA " + com.sun.jna.Native.VERSION : facility);
    } catch (UnsupportedOperationException e) {
      return Attempt.failure(0, Text.printable(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public int pageLength() {
    try {
      return Syscalls.pageLength();
    } catch (UnsupportedOperationException e) {
      // Another check reports the reason.
      return USUAL_PAGE_LENGTH;
    }
  }

  @Override
  public Attempt write() {
    KernelTracepoint tracepoint = new KernelTracepoint(EventLayout.OTLP_METRICS);
    try {
      return Attempt.success(tracepoint.register());
    } catch (RegistrationException e) {
      return Attempt.failure(e.errno(), Text.firstClause(String.valueOf(e.getMessage())));
    } finally {
      tracepoint.close();
    }
  }

  @Override
  public Attempt readByFtrace() {
    return read(Facility.FTRACE);
  }

  @Override
  public Attempt readByPerf() {
    return read(Facility.PERF);
  }

  private static Attempt read(Facility facility) {
    try (Capture capture = Captures.tryToOpen(EventLayout.OTLP_METRICS, facility)) {
      return Attempt.success("attached by " + capture.source());
    } catch (ListenerException e) {
      return Attempt.failure(e.errno(), Text.firstClause(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public Attempt roundTrip(boolean byPerf) {
    try {
      return new RoundTrip().by(byPerf ? Facility.PERF : Facility.FTRACE);
    } catch (RegistrationException e) {
      return Attempt.failure(e.errno(), Text.firstClause(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return Attempt.failure(0, Text.firstClause(String.valueOf(e.getMessage())));
    }
  }

  @Override
  public long listenerMemory() {
    try {
      return Captures.defaultMemory(Cpus.parse(read(POSSIBLE_CPUS).strip()).size());
    } catch (IOException | NumberFormatException e) {
      return Captures.defaultMemory(Runtime.getRuntime().availableProcessors());
    }
  }
}
