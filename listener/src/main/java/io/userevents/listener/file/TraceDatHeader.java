// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The parts of a trace.dat except the events. In trace-cmd.dat.v6(5) they follow one another. In
 * trace-cmd.dat.v7(5) they are in sections to which options point.
 *
 * <p>Not thread-safe.
 */
final class TraceDatHeader {

  /**
   * The events of one CPU.
   *
   * @param index number of its place in the file
   * @param offset in the file
   * @param length in the file
   * @param algorithm by which the events are compressed; empty if they are not compressed
   */
  record CpuData(int index, int cpu, long offset, long length, String algorithm) {
    /** Returns the length of the pages in bytes, as far as it is known before decompression. */
    long pagesLength() {
      return algorithm.isEmpty() ? length : 0;
    }
  }

  private static final int MAX_STRING_LENGTH = 512;
  private static final int MAX_CPUS = 1 << 16;
  private static final int MAX_SECTION_LENGTH = 1 << 26;
  private static final int MAX_OPTION_SECTIONS = 1000;
  private static final int MAX_OPTIONS = 1_000_000;
  private static final int MAX_OPTION_LENGTH = 1 << 24;

  /** The length of an option's window. It is short because a file can have a million options. */
  private static final int OPTION_WINDOW_LENGTH = 64;

  private static final int COMPRESSED = 1;
  private static final int SECTION_HEADER_LENGTH = 16;
  private static final int MARK_LENGTH = 10;
  private static final String OPTIONS_MARK = "options  ";
  private static final String RECORDS_MARK = "flyrecord";

  private static final int OPTION_DONE = 0;
  private static final int OPTION_BUFFER = 3;
  private static final int OPTION_CLOCK = 4;
  private static final int OPTION_HEADER_PAGE = 16;
  private static final int OPTION_EVENT_FORMATS = 18;

  private final String file;
  private final DataSource source;
  private final Formats formats;
  private final List<CpuData> cpus = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();
  private final FileRanges cpuRanges = new FileRanges();
  private boolean hasHeaderPage;
  private boolean hasEventFormats;
  private String clock = "";

  TraceDatHeader(String file, DataSource source, Formats formats) {
    this.file = file;
    this.source = source;
    this.formats = formats;
  }

  List<CpuData> cpus() {
    return cpus;
  }

  /** Returns the clock, or an empty text if the file has none. */
  String clock() {
    return clock;
  }

  /** Reads all of it. */
  void read(Window window) throws EventFileException {
    String version = TracingData.readBeginning(window).version();
    switch (version) {
      case "6" -> readVersion6(window);
      case "7" -> readVersion7(window);
      default ->
          throw EventFileException.unsupported(
              file, "trace.dat has version=" + version + "; only versions 6 and 7 are supported");
    }
  }

  private void readVersion6(Window window) throws EventFileException {
    formats.readAll(window);
    int count = window.nextInt("number of CPUs");
    if (count < 0 || count > MAX_CPUS) {
      throw window.malformed("number of CPUs is impossible: " + Integer.toUnsignedString(count));
    }
    List<Long> buffers = new ArrayList<>();
    String mark = mark(window);
    if (mark.equals(OPTIONS_MARK)) {
      readOptions6(window, buffers);
      mark = mark(window);
    }
    readRecords6(window, mark, count);
    for (long buffer : buffers) {
      Window instance = window(buffer, Long.MAX_VALUE);
      readRecords6(instance, mark(instance), count);
    }
  }

  private static String mark(Window window) throws EventFileException {
    window.require(MARK_LENGTH, "the header; if trace-cmd was killed: trace-cmd restore");
    byte[] mark = window.nextBytes(MARK_LENGTH, MARK_LENGTH, "the header");
    return new String(mark, 0, MARK_LENGTH - 1, StandardCharsets.ISO_8859_1);
  }

  private void readOptions6(Window window, List<Long> buffers) throws EventFileException {
    for (int i = 0; i < MAX_OPTIONS; i++) {
      int id = nextShort(window);
      if (id == OPTION_DONE) {
        return;
      }
      long length = Integer.toUnsignedLong(window.nextInt("an option"));
      if (id == OPTION_BUFFER && length >= Long.BYTES) {
        if (buffers.size() == MAX_OPTION_SECTIONS) {
          throw window.malformed("more than " + MAX_OPTION_SECTIONS + " trace instances");
        }
        buffers.add(requireOffset(window, window.nextLong("an option")));
        window.pass(length - Long.BYTES, "an option");
      } else if (id == OPTION_CLOCK) {
        readClock(window.nextText(length, "an option"));
      } else {
        window.pass(length, "an option");
      }
    }
    throw window.malformed("more than " + MAX_OPTIONS + " options");
  }

  private void readRecords6(Window window, String mark, int count) throws EventFileException {
    if (!mark.equals(RECORDS_MARK)) {
      throw window.malformed(
          "the records of the CPUs (flyrecord) are missing; a file of trace-cmd's option for"
              + " latency tracers has none");
    }
    for (int cpu = 0; cpu < count; cpu++) {
      addCpu(window, cpu, window.nextLong("a CPU"), window.nextLong("a CPU"), "");
    }
  }

  private void addCpu(Window window, int cpu, long offset, long length, String algorithm)
      throws EventFileException {
    if (offset < 0 || length < 0 || offset + length < 0 || cpu < 0) {
      throw window.malformed(
          "records of cpu=" + cpu + " are at an impossible place: from=" + offset);
    }
    if (cpus.size() == MAX_CPUS) {
      throw window.malformed("more than " + MAX_CPUS + " CPUs");
    }
    if (length > 0) {
      if (!cpuRanges.add(offset, length)) {
        throw window.malformed("the data of two CPUs overlap: offset=" + offset);
      }
      cpus.add(new CpuData(cpus.size(), cpu, offset, length, algorithm));
    }
  }

  private void readVersion7(Window window) throws EventFileException {
    String algorithm = window.nextString(MAX_STRING_LENGTH, "compression");
    window.nextString(MAX_STRING_LENGTH, "compression");
    long next = window.nextLong("place of the options");
    for (int i = 0; next != 0; i++) {
      if (i == MAX_OPTION_SECTIONS) {
        throw window.malformed("more than " + MAX_OPTION_SECTIONS + " sections of options");
      }
      next = readOptions7(section(next, OPTION_DONE, algorithm), algorithm);
    }
  }

  /** Returns where the next section of options is, or 0. */
  private long readOptions7(Window window, String algorithm) throws EventFileException {
    for (int i = 0; i < MAX_OPTIONS; i++) {
      int id = nextShort(window);
      long length = Integer.toUnsignedLong(window.nextInt("an option"));
      byte[] content = window.nextBytes(length, MAX_OPTION_LENGTH, "an option");
      Window option =
          new Window(
              file, Bytes.of(content), window.position() - length, new byte[OPTION_WINDOW_LENGTH]);
      switch (id) {
        case OPTION_DONE -> {
          return length == 0 ? 0 : option.nextLong("an option");
        }
        case OPTION_BUFFER -> readBuffer7(option, algorithm);
        case OPTION_CLOCK -> readClock(option.nextText(length, "an option"));
        case OPTION_HEADER_PAGE -> {
          requireFirst(hasHeaderPage, window, "layouts of pages");
          hasHeaderPage = true;
          formats.readHeaderPage(section(option.nextLong("an option"), id, algorithm));
        }
        case OPTION_EVENT_FORMATS -> {
          requireFirst(hasEventFormats, window, "layouts of events");
          hasEventFormats = true;
          formats.readSystems(section(option.nextLong("an option"), id, algorithm));
        }
        default -> {}
      }
    }
    throw window.malformed("more than " + MAX_OPTIONS + " options");
  }

  private void readBuffer7(Window option, String algorithm) throws EventFileException {
    long section = option.nextLong("a buffer");
    option.nextString(MAX_STRING_LENGTH, "a buffer");
    readClock(option.nextString(MAX_STRING_LENGTH, "a buffer"));
    option.nextInt("a buffer");
    int count = option.nextInt("a buffer");
    Window header = window(requireOffset(option, section), Long.MAX_VALUE);
    header.nextShort("a section");
    boolean isCompressed = (header.nextShort("a section") & COMPRESSED) != 0;
    // Throws at the end of the option, however large the number is.
    for (int i = 0; i < count; i++) {
      int cpu = option.nextInt("a CPU");
      long offset = option.nextLong("a CPU");
      addCpu(option, cpu, offset, option.nextLong("a CPU"), isCompressed ? algorithm : "");
    }
  }

  /** Returns the content of a section. */
  private Window section(long offset, int id, String algorithm) throws EventFileException {
    if (offset <= 0) {
      throw EventFileException.malformed(file, 0, "a section is at an impossible place: " + offset);
    }
    requireOnce(offset, offset);
    Window header = window(offset, Long.MAX_VALUE);
    int found = header.nextShort("a section");
    int flags = header.nextShort("a section");
    header.nextInt("a section");
    long length = header.nextLong("a section");
    if (found != id || length < 0) {
      throw EventFileException.malformed(
          file, offset, "section has id=" + found + " length=" + length + ", expected id=" + id);
    }
    long from = offset + SECTION_HEADER_LENGTH;
    if ((flags & COMPRESSED) == 0) {
      return window(from, length > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + length);
    }
    int compressedLength = header.nextInt("a section");
    long plainLength = Integer.toUnsignedLong(header.nextInt("a section"));
    // Up to two copies of it exist while it is read, and then its content.
    int most = (int) Math.min(MAX_SECTION_LENGTH, Runtime.getRuntime().maxMemory() / 16);
    byte[] compressed = header.nextBytes(compressedLength, most, "a section");
    byte[] plain = new Budget(file).allocate(Math.min(plainLength, 1L << 32), offset);
    if (!Compression.decompress(file, algorithm, compressed, plain)) {
      throw EventFileException.malformed(file, offset, "section cannot be decompressed");
    }
    return new Window(file, Bytes.of(plain), from);
  }

  /** Sections may overlap, so each kind is read only once. */
  private static void requireFirst(boolean hasOne, Window window, String what)
      throws EventFileException {
    if (hasOne) {
      throw window.malformed("a second section with " + what);
    }
  }

  /** Guards against circles. */
  private void requireOnce(long offset, long position) throws EventFileException {
    if (!seen.add(offset)) {
      throw EventFileException.malformed(
          file, position, "two parts of the file are at the same place: " + offset);
    }
  }

  private static long requireOffset(Window window, long offset) throws EventFileException {
    if (offset < 0) {
      throw window.malformed("a section is at an impossible place: " + offset);
    }
    return offset;
  }

  /** Finds the current clock, which is in brackets in the text of trace_clock. */
  private void readClock(String text) {
    int from = text.indexOf('[');
    int to = text.indexOf(']', from + 1);
    String name = from >= 0 && to > from ? text.substring(from + 1, to) : text;
    String found = name.replace("\0", "").strip();
    if (clock.isEmpty()) {
      clock = found;
    }
  }

  private Window window(long from, long to) {
    return new Window(file, source.bytes(from, to), from);
  }

  private static int nextShort(Window window) throws EventFileException {
    return window.nextShort("an option");
  }
}
