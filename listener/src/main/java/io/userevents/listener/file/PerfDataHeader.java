// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.file;

import io.userevents.internal.perf.PerfAttributes;
import io.userevents.internal.perf.PerfRecord;
import io.userevents.listener.TracepointFormat;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** The beginning of a perf stream: the events, and the layouts of their tracepoints. */
final class PerfDataHeader {

  /** The id of the first tracepoint in samples. Each further tracepoint has the next id. */
  static final int FIRST_ID = 1;

  private static final int HEADER_ATTR = 64;
  private static final int TRACING_DATA = 66;
  private static final int TRACING_DATA_LENGTH = 12;
  private static final int PAGE_LENGTH = 4096;
  private static final int UNKNOWN = 0;

  /** perf takes the length of a long from this text. Its rings have no such pages. */
  private static final String HEADER_PAGE =
      """
      \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
      \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
      \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
      \tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
      """;

  private static final String HEADER_EVENT = "# compressed entry header\n";

  private final List<TracepointFormat> formats;
  private final Int2IntHashMap ids = new Int2IntHashMap(UNKNOWN);

  PerfDataHeader(List<TracepointFormat> formats) {
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("formats must have one tracepoint at least");
    }
    this.formats = List.copyOf(formats);
    for (int i = 0; i < formats.size(); i++) {
      ids.put(formats.get(i).id(), FIRST_ID + i);
    }
  }

  /** Returns the id of this tracepoint in samples. */
  int find(int tracepointId) {
    int id = ids.get(tracepointId);
    if (id == UNKNOWN) {
      throw new IllegalArgumentException(
          "the file was created without this tracepoint: tracepointId="
              + tracepointId
              + " formats="
              + formats);
    }
    return id;
  }

  byte[] bytes() {
    Output output = new Output();
    output.add(PerfDataOpening.MAGIC).add(number(Long.BYTES, PerfDataOpening.STREAM_HEADER_LENGTH));
    for (int i = 0; i < formats.size(); i++) {
      UnsafeBuffer attributes = new UnsafeBuffer(new byte[PerfAttributes.LENGTH]);
      PerfAttributes.put(attributes, formats.get(i).id(), 1);
      // Other records do not have the fields of samples.
      PerfAttributes.clearSampleIdAll(attributes);
      output
          .add(record(HEADER_ATTR, PerfRecord.HEADER_LENGTH + PerfAttributes.LENGTH + Long.BYTES))
          .add(attributes.byteArray())
          .add(number(Long.BYTES, FIRST_ID + i));
    }
    byte[] data = tracingData();
    int padded = BitUtil.align(data.length, Long.BYTES);
    output
        .add(record(TRACING_DATA, TRACING_DATA_LENGTH))
        .add(number(Integer.BYTES, padded))
        .add(data)
        .add(new byte[padded - data.length]);
    return output.toByteArray();
  }

  private byte[] tracingData() {
    Output output = new Output();
    output
        .add(TracingData.MAGIC)
        .string(TracingData.PERF_VERSION)
        .add(new byte[] {0, Long.BYTES})
        .add(number(Integer.BYTES, PAGE_LENGTH))
        .string("header_page")
        .text(HEADER_PAGE)
        .string("header_event")
        .text(HEADER_EVENT)
        // No ftrace events, and one system.
        .add(number(Integer.BYTES, 0))
        .add(number(Integer.BYTES, 1))
        .string("user_events")
        .add(number(Integer.BYTES, formats.size()));
    formats.forEach(format -> output.text(format.text()));
    // No kallsyms, no printk formats, no command lines.
    return output
        .add(number(Integer.BYTES, 0))
        .add(number(Integer.BYTES, 0))
        .add(number(Long.BYTES, 0))
        .toByteArray();
  }

  private static byte[] record(int type, int length) {
    return ByteBuffer.allocate(PerfRecord.HEADER_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putShort((short) 0)
        .putShort((short) length)
        .array();
  }

  private static byte[] number(int length, long value) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (value >>> (i * Byte.SIZE));
    }
    return bytes;
  }

  /** Collects bytes. */
  private static final class Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Output add(byte[] added) {
      bytes.writeBytes(added);
      return this;
    }

    /** Adds a text that ends with a 0. */
    Output string(String text) {
      bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      bytes.write(0);
      return this;
    }

    /** Adds a text with its length before it. */
    Output text(String text) {
      byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
      return add(number(Long.BYTES, content.length)).add(content);
    }

    byte[] toByteArray() {
      return bytes.toByteArray();
    }
  }
}
