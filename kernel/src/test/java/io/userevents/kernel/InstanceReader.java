// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trace instance that the test controls directly: its {@code enable} file attaches and detaches,
 * and its raw pages are read when it is detached. It shares no code with the project's listener, so
 * that the two check each other.
 *
 * <p>A page is a u64 time, a u64 length of what follows, then entries, each after a u32 with
 * type_len in the low 5 bits and time_delta in the others ({@code include/linux/ring_buffer.h},
 * Linux 6.12).
 */
final class InstanceReader implements EventReader {

  private static final Path INSTANCES = Tracing.TRACEFS.resolve("instances");
  private static final String BUFFER_SIZE_KB = "4096";
  private static final int PAGE_HEADER_LENGTH = 16;
  private static final int LENGTH_MASK = (1 << 30) - 1;
  private static final int LONGEST_TYPE_LEN = 28;
  private static final int PADDING = 29;
  private static final int TIME_EXTEND = 30;

  private final Path instance;
  private long startNs;

  private InstanceReader(Path instance) {
    this.instance = instance;
  }

  static InstanceReader start() throws IOException {
    Path instance = Files.createDirectory(INSTANCES.resolve("by_hand"));
    InstanceReader reader = new InstanceReader(instance);
    reader.write("trace_clock", "mono");
    reader.write("buffer_size_kb", BUFFER_SIZE_KB);
    reader.startNs = System.nanoTime();
    reader.enable("1");
    return reader;
  }

  @Override
  public List<byte[]> end() throws IOException {
    return TimedEvent.inOrder(endTimed());
  }

  /** Returns the time just before it attached, by the clock of its events. */
  long startNs() {
    return startNs;
  }

  /** Ends the recording and returns all events, those of one CPU in order of time. */
  List<TimedEvent> endTimed() throws IOException {
    enable("0");
    List<TimedEvent> events = new ArrayList<>();
    try (DirectoryStream<Path> cpus =
        Files.newDirectoryStream(instance.resolve("per_cpu"), "cpu[0-9]*")) {
      for (Path cpu : cpus) {
        read(cpu, events);
      }
    }
    // Removes the instance by the kernel's interface.
    Files.delete(instance);
    return events;
  }

  private void enable(String value) throws IOException {
    write("events/user_events/" + Tracing.EVENT + "/enable", value);
  }

  private void write(String file, String value) throws IOException {
    Files.writeString(instance.resolve(file), value);
  }

  private static void read(Path cpu, List<TimedEvent> events) throws IOException {
    Map<String, String> stats = new LinkedHashMap<>();
    for (String line : Files.readAllLines(cpu.resolve("stats"))) {
      String[] nameAndCount = line.split(": +", 2);
      stats.put(nameAndCount[0], nameAndCount[1]);
    }
    assertThat(stats)
        .containsEntry("overrun", "0")
        .containsEntry("commit overrun", "0")
        .containsEntry("dropped events", "0");
    // The kernel would wait if more were requested than is available.
    int expected = events.size() + Integer.parseInt(stats.get("entries"));
    byte[] page = new byte[Syscalls.pageLength()];
    try (InputStream pages = Files.newInputStream(cpu.resolve("trace_pipe_raw"))) {
      while (events.size() < expected) {
        assertThat(pages.read(page)).isEqualTo(page.length);
        parse(ByteBuffer.wrap(page).order(ByteOrder.nativeOrder()), events);
      }
    }
    assertThat(events).hasSize(expected);
  }

  private static void parse(ByteBuffer page, List<TimedEvent> events) {
    long timestampNs = page.getLong(0);
    int commit = (int) page.getLong(8);
    assertThat(commit & ~LENGTH_MASK).as("flags of lost events").isZero();
    int position = PAGE_HEADER_LENGTH;
    int end = position + commit;
    while (position < end) {
      int header = page.getInt(position);
      int typeLength = header & 0x1F;
      int delta = header >>> 5;
      position += Integer.BYTES;
      if (typeLength == PADDING && delta == 0) {
        break;
      }
      if (typeLength > PADDING) {
        long upperBits = Integer.toUnsignedLong(page.getInt(position)) << 27;
        // Absolute times lack the upper 5 bits, which are 0 for CLOCK_MONOTONIC.
        timestampNs = (typeLength == TIME_EXTEND ? timestampNs : 0) + upperBits + delta;
        position += Integer.BYTES;
        continue;
      }
      timestampNs += delta;
      boolean isShort = typeLength > 0 && typeLength <= LONGEST_TYPE_LEN;
      int length = isShort ? typeLength * Integer.BYTES : page.getInt(position);
      if (typeLength != PADDING) {
        int entry = isShort ? position : position + Integer.BYTES;
        events.add(TimedEvent.ofEntry(timestampNs, page, entry));
      }
      position += length;
    }
  }
}
