// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import org.agrona.concurrent.UnsafeBuffer;

/** A page of the kernel's ring buffer, built by hand, with the layouts of a 64-bit Linux 6.12. */
public final class SyntheticPage {

  public static final PageLayout LAYOUT = new PageLayout(0, 8, 8, 16, 4080);
  public static final int LENGTH = LAYOUT.length();
  public static final int TID = 4711;

  public static final String HEADER_PAGE =
      """
      \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
      \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
      \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
      \tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
      """;

  public static final String EVENT_FORMAT =
      """
      name: otlp_metrics
      ID: 464
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:u32 protocol;\toffset:8;\tsize:4;\tsigned:0;
      \tfield:char version[4018560];\toffset:12;\tsize:8;\tsigned:1;
      \tfield:__rel_loc u8 buffer[];\toffset:20;\tsize:4;\tsigned:1;

      print fmt: "protocol=%u version=%s buffer=%llu", REC->protocol, REC->version, REC->buffer
      """;

  /** That of {@link #EVENT_FORMAT}. */
  public static final EventFormat FORMAT =
      new EventFormat("otlp_metrics", 464, 0, 4, 8, 20, 24, 24, EVENT_FORMAT);

  private final byte[] bytes = new byte[LENGTH];
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
  private int position = LAYOUT.dataOffset();

  public SyntheticPage(long timestampNs) {
    buffer.putLong(0, timestampNs);
  }

  public SyntheticPage header(int typeLen, int delta) {
    return word(delta << 5 | typeLen);
  }

  public SyntheticPage word(int value) {
    buffer.putInt(position, value);
    position += Integer.BYTES;
    return this;
  }

  /** An event of the tracepoint, in the form that its length demands. */
  public SyntheticPage event(int delta, byte[] payload) {
    byte[] data = eventData(payload);
    if (data.length <= 28 * 4) {
      header(data.length / 4, delta);
    } else {
      header(0, delta).word(data.length + 4);
    }
    return raw(data);
  }

  public SyntheticPage raw(byte[] data) {
    buffer.putBytes(position, data);
    position += data.length;
    return this;
  }

  /** Fields and payload, rounded up to a multiple of 4. */
  public static byte[] eventData(byte[] payload) {
    byte[] data = new byte[(FORMAT.fixedLength() + payload.length + 3) / 4 * 4];
    UnsafeBuffer fields = new UnsafeBuffer(data);
    fields.putShort(FORMAT.typeOffset(), (short) FORMAT.id());
    fields.putInt(FORMAT.pidOffset(), TID);
    fields.putInt(FORMAT.locOffset(), payload.length << 16);
    fields.putBytes(FORMAT.fixedLength(), payload);
    return data;
  }

  /** Ends the page after the last event. */
  public UnsafeBuffer commit() {
    return commit(position - LAYOUT.dataOffset());
  }

  public UnsafeBuffer commit(int word) {
    buffer.putLong(8, word & 0xFFFF_FFFFL);
    return buffer;
  }

  public int position() {
    return position;
  }
}
