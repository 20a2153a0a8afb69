// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.listener.internal.SyntheticPage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Files of trace-cmd that are well-formed, and have more of something than any program writes. */
final class HostileFiles {

  private static final int OPTION_BUFFER = 3;
  private static final int OPTION_HEADER_PAGE = 16;
  private static final int OPTION_EVENT_FORMATS = 18;
  private static final int COMPRESSED = 1;
  private static final int UNKNOWN_OPTION = 999;
  private static final int FIRST_CPU_AT = 1 << 21;
  private static final int CPU_LENGTH = 4096;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private HostileFiles() {}

  /**
   * Version 6, without events.
   *
   * @param count of layouts of user_events, with the ids from 0 on
   * @param length of each in bytes, unless it is longer anyway
   */
  static byte[] layouts(int count, int length) {
    HostileFiles file = new HostileFiles();
    file.beginning("6");
    file.string("header_page").text(SyntheticPage.HEADER_PAGE);
    file.string("header_event").text("");
    file.number(Integer.BYTES, 0).number(Integer.BYTES, 1).string("user_events");
    file.number(Integer.BYTES, count);
    for (int id = 0; id < count; id++) {
      file.text(layout(id, length));
    }
    file.number(Integer.BYTES, 0).number(Integer.BYTES, 0).number(Long.BYTES, 0);
    file.number(Integer.BYTES, 0).string("flyrecord");
    return file.bytes.toByteArray();
  }

  /** Where the text of the last layout of such a file begins. */
  static int lastLayoutAt(byte[] file, int count, int length) {
    int behind = 2 * Integer.BYTES + Long.BYTES + Integer.BYTES + "flyrecord".length() + 1;
    int last = layout(count - 1, length).length();
    return file.length - behind - last;
  }

  private static String layout(int id, int length) {
    String text =
        SyntheticPage.EVENT_FORMAT
            .replace("otlp_metrics", "event_" + id)
            .replace("ID: 464", "ID: " + id);
    return text + "#".repeat(Math.max(0, length - text.length()));
  }

  /** Version 7, whose CPUs each have pages that are compressed. */
  static byte[] cpus(int count) {
    return cpus(count, CPU_LENGTH);
  }

  /**
   * Version 7, whose CPUs have pages that overlap if they are nearer to each other than their
   * length.
   */
  static byte[] cpus(int count, int distance) {
    HostileFiles file = new HostileFiles();
    file.beginning("7");
    file.string("zlib").string("1");
    int optionsPlace = file.bytes.size();
    file.number(Long.BYTES, 0);
    int headerPage = file.section(OPTION_HEADER_PAGE, 0);
    file.string("header_page").text(SyntheticPage.HEADER_PAGE).string("header_event").text("");
    int buffer = file.section(OPTION_BUFFER, COMPRESSED);
    int options = file.section(0, 0);
    file.option(OPTION_HEADER_PAGE, Long.BYTES).number(Long.BYTES, headerPage);
    int contentLength = Long.BYTES + 1 + "mono".length() + 1 + 2 * Integer.BYTES;
    file.option(OPTION_BUFFER, contentLength + count * (Integer.BYTES + 2 * Long.BYTES));
    file.number(Long.BYTES, buffer).string("").string("mono");
    file.number(Integer.BYTES, 4096).number(Integer.BYTES, count);
    for (int i = 0; i < count; i++) {
      long place = FIRST_CPU_AT + (long) i * distance;
      file.number(Integer.BYTES, i).number(Long.BYTES, place).number(Long.BYTES, CPU_LENGTH);
    }
    file.option(0, Long.BYTES).number(Long.BYTES, 0);
    byte[] whole = file.bytes.toByteArray();
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(optionsPlace, options);
    return whole;
  }

  /** Version 7, with two sections of the kind that has the layouts of events. */
  static byte[] twoSectionsOfLayouts() {
    HostileFiles file = new HostileFiles();
    file.beginning("7");
    file.string("none").string("");
    int optionsPlace = file.bytes.size();
    file.number(Long.BYTES, 0);
    int first = file.section(OPTION_EVENT_FORMATS, 0);
    file.number(Integer.BYTES, 0);
    int second = file.section(OPTION_EVENT_FORMATS, 0);
    file.number(Integer.BYTES, 0);
    int options = file.section(0, 0);
    file.option(OPTION_EVENT_FORMATS, Long.BYTES).number(Long.BYTES, first);
    file.option(OPTION_EVENT_FORMATS, Long.BYTES).number(Long.BYTES, second);
    file.option(0, Long.BYTES).number(Long.BYTES, 0);
    byte[] whole = file.bytes.toByteArray();
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(optionsPlace, options);
    return whole;
  }

  /** Version 7, with this many options without content. */
  static byte[] options(int count) {
    HostileFiles file = new HostileFiles();
    file.beginning("7");
    file.string("none").string("");
    file.number(Long.BYTES, file.bytes.size() + Long.BYTES);
    int unused = file.section(0, 0);
    for (int i = 0; i < count; i++) {
      file.option(UNKNOWN_OPTION, 0);
    }
    file.option(0, Long.BYTES).number(Long.BYTES, 0);
    return file.bytes.toByteArray();
  }

  /** Returns where it is. */
  private int section(int id, int flags) {
    int place = bytes.size();
    number(Short.BYTES, id).number(Short.BYTES, flags).number(Integer.BYTES, 0);
    // Its length is not needed if it is not compressed.
    number(Long.BYTES, Integer.MAX_VALUE);
    return place;
  }

  private HostileFiles option(int id, int length) {
    return number(Short.BYTES, id).number(Integer.BYTES, length);
  }

  private void beginning(String version) {
    bytes.writeBytes(TracingData.MAGIC);
    string(version).number(1, 0).number(1, Long.BYTES).number(Integer.BYTES, 4096);
  }

  private HostileFiles number(int length, long value) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    bytes.write(all, 0, length);
    return this;
  }

  private HostileFiles string(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(0);
    return this;
  }

  private HostileFiles text(String text) {
    number(Long.BYTES, text.length());
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }
}
