// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.TracepointFormat;
import io.userevents.listener.internal.EventDecoder;
import io.userevents.listener.internal.EventFormat;
import io.userevents.listener.internal.LayoutException;
import io.userevents.listener.internal.PageLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The layouts that a file contains. They are in perf's tracing data or in the header of trace.dat.
 * trace-cmd defines both (trace-cmd.dat(5)).
 *
 * <p>Not thread-safe.
 */
final class Formats {

  /**
   * The system of user_events. Its name has a suffix for events that several programs register with
   * different layouts.
   */
  private static final String SYSTEM = "user_events";

  private static final Pattern NAME = Pattern.compile("(?m)^name:\\s*(\\S{1,512})\\s*$");

  /** The layout that a 64-bit kernel prints for the declaration of all exporters. */
  private static final String ASSUMED =
      """
      name: %s
      ID: %d
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:u32 protocol;\toffset:8;\tsize:4;\tsigned:0;
      \tfield:char version[8];\toffset:12;\tsize:8;\tsigned:0;
      \tfield:__rel_loc u8 buffer[];\toffset:20;\tsize:4;\tsigned:1;

      print fmt: "protocol=%%u version=%%s", REC->protocol, REC->version
      """;

  private static final int MAX_NAME_LENGTH = 512;

  /**
   * The limit for counts in a file, against wrong numbers. A kernel has about 2,000 events in 150
   * systems.
   */
  private static final int MAX_EVENTS = 100_000;

  /**
   * The limit for kept layouts. Only the layouts of exporters are kept, and a machine has few of
   * them.
   */
  private static final int MAX_LAYOUTS = 4096;

  /**
   * The limit for the length of all kept layouts together. A layout of a kernel has about 600
   * bytes.
   */
  private static final int MAX_TEXT_LENGTH = 1 << 24;

  /** The kernel's type of an event is a u16. */
  private static final int MAX_ID = 0xFFFF;

  private final String file;
  private final Set<String> wanted;
  private final List<EventFormat> formats = new ArrayList<>();
  private final BitSet ids = new BitSet();
  private int textLength;
  private @Nullable PageLayout pageLayout;
  private @Nullable EventDecoder decoder;
  private String refusal = "";
  private boolean isAssumed;

  /**
   * Starts without layouts.
   *
   * @param wanted names of the tracepoints; empty for all tracepoints with a known layout
   */
  Formats(String file, Set<String> wanted) {
    this.file = file;
    this.wanted = wanted;
  }

  /** Returns the decoder for events of the tracepoints, or null if there are no tracepoints. */
  @Nullable EventDecoder decoder() {
    if (decoder == null && !formats.isEmpty()) {
      decoder = new EventDecoder(formats);
    }
    return decoder;
  }

  @Nullable PageLayout pageLayout() {
    return pageLayout;
  }

  List<TracepointFormat> formats() {
    return formats.stream()
        .map(format -> new TracepointFormat(format.name(), format.id(), format.text()))
        .toList();
  }

  /**
   * Returns the reason why a requested tracepoint is not among the formats, or an empty text if
   * none is missing.
   */
  String missing() {
    List<String> names = new ArrayList<>(wanted);
    formats.forEach(format -> names.remove(format.name()));
    if (names.isEmpty()) {
      return "";
    }
    return refusal.isEmpty() ? "the file has no such tracepoint: names=" + names : refusal;
  }

  /** Reads the part that perf's tracing data and trace.dat version 6 have in common. */
  void readAll(Window window) throws EventFileException {
    readHeaderPage(window);
    readFtraceEvents(window);
    readSystems(window);
    window.pass(Integer.toUnsignedLong(window.nextInt("kallsyms")), "kallsyms");
    window.pass(Integer.toUnsignedLong(window.nextInt("printk formats")), "printk formats");
    window.pass(window.nextLong("command lines"), "command lines");
  }

  void readHeaderPage(Window window) throws EventFileException {
    requireString(window, "header_page");
    String text = window.nextText(window.nextLong("header_page"), "header_page");
    try {
      pageLayout = PageLayout.parse(text);
    } catch (LayoutException e) {
      throw window.malformed(String.valueOf(e.getMessage()));
    }
    requireString(window, "header_event");
    window.pass(window.nextLong("header_event"), "header_event");
  }

  private static void requireString(Window window, String expected) throws EventFileException {
    String found = window.nextString(MAX_NAME_LENGTH, expected);
    if (!found.equals(expected)) {
      throw window.malformed(expected + " is missing");
    }
  }

  void readFtraceEvents(Window window) throws EventFileException {
    int count = count(window, "number of ftrace's events");
    for (int i = 0; i < count; i++) {
      window.pass(window.nextLong("a format of ftrace"), "a format of ftrace");
    }
  }

  void readSystems(Window window) throws EventFileException {
    int systems = count(window, "number of systems");
    for (int i = 0; i < systems; i++) {
      String system = window.nextString(MAX_NAME_LENGTH, "name of a system");
      int events = count(window, "number of events");
      for (int k = 0; k < events; k++) {
        long length = window.nextLong("a format");
        long position = window.position();
        if (system.startsWith(SYSTEM)) {
          add(window.nextText(length, "a format"), position);
        } else {
          window.pass(length, "a format");
        }
      }
    }
  }

  private static int count(Window window, String what) throws EventFileException {
    int count = window.nextInt(what);
    if (count < 0 || count > MAX_EVENTS) {
      throw window.malformed(what + " is impossible: " + Integer.toUnsignedString(count));
    }
    return count;
  }

  /**
   * Adds a layout if it was requested, belongs to an exporter and has an id that no earlier layout
   * has.
   */
  private void add(String text, long position) throws EventFileException {
    Matcher matcher = NAME.matcher(text);
    if (!matcher.find()) {
      return;
    }
    String name = matcher.group(1);
    if (!wanted.isEmpty() && !wanted.contains(name)) {
      return;
    }
    try {
      EventFormat format = EventFormat.parse(name, text);
      if (format.id() <= MAX_ID && !ids.get(format.id())) {
        if (formats.size() == MAX_LAYOUTS || text.length() > MAX_TEXT_LENGTH - textLength) {
          throw EventFileException.malformed(
              file,
              position,
              "its layouts of user_events need too much memory: number="
                  + formats.size()
                  + " length="
                  + textLength
                  + " most="
                  + MAX_LAYOUTS
                  + " and "
                  + MAX_TEXT_LENGTH
                  + "; choose the tracepoints by their names");
        }
        ids.set(format.id());
        textLength += text.length();
        formats.add(format);
        decoder = null;
      }
    } catch (LayoutException e) {
      refusal = "file=" + file + ": " + e.getMessage();
    }
  }

  /** Assumes the layout of the exporters for a tracepoint, because the file has no layouts. */
  void assume(int id) throws EventFileException {
    String name = wanted.size() == 1 ? wanted.iterator().next() : "tracepoint_" + id;
    isAssumed = true;
    add(ASSUMED.formatted(name, id), EventFileException.NO_OFFSET);
  }

  /** Returns whether {@link #assume} was called. */
  boolean isAssumed() {
    return isAssumed;
  }
}
