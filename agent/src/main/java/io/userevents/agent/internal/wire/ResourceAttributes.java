// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Builds a Resource message with attributes whose names begin with {@link ReservedNames#PREFIX}.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class ResourceAttributes {

  /** The longest value. Longer values are cut, because they repeat in each ResourceMetrics. */
  static final int MAX_VALUE_BYTES = 256;

  private static final int VARINT_MORE = 0x80;

  private final ByteArrayOutputStream message = new ByteArrayOutputStream();

  /** Adds a text, cut at {@value #MAX_VALUE_BYTES} bytes of UTF-8. An empty text is left out. */
  public ResourceAttributes put(String name, String value) {
    byte[] text = cut(value.getBytes(UTF_8));
    if (text.length > 0) {
      ByteArrayOutputStream any = new ByteArrayOutputStream();
      writeField(any, OtlpFields.ANY_VALUE_STRING, text);
      add(name, any.toByteArray());
    }
    return this;
  }

  /** Adds an integer. */
  public ResourceAttributes put(String name, long value) {
    ByteArrayOutputStream any = new ByteArrayOutputStream();
    any.write(OtlpFields.varintTag(OtlpFields.ANY_VALUE_INT));
    writeVarint(any, value);
    add(name, any.toByteArray());
    return this;
  }

  /** Returns the message that {@link EventCopier#copy} appends. */
  public byte[] encode() {
    return message.toByteArray();
  }

  private void add(String name, byte[] any) {
    ByteArrayOutputStream keyValue = new ByteArrayOutputStream();
    writeField(keyValue, OtlpFields.KEY_VALUE_KEY, (ReservedNames.PREFIX + name).getBytes(UTF_8));
    writeField(keyValue, OtlpFields.KEY_VALUE_VALUE, any);
    writeField(message, OtlpFields.RESOURCE_ATTRIBUTES, keyValue.toByteArray());
  }

  /**
   * Cuts at the end of a character, so that the value stays valid UTF-8. Endpoints refuse other
   * bytes.
   */
  private static byte[] cut(byte[] text) {
    if (text.length <= MAX_VALUE_BYTES) {
      return text;
    }
    int length = MAX_VALUE_BYTES;
    while (length > 0 && (text[length] & 0xC0) == 0x80) {
      length--;
    }
    byte[] shorter = new byte[length];
    System.arraycopy(text, 0, shorter, 0, length);
    return shorter;
  }

  private static void writeField(ByteArrayOutputStream out, int number, byte[] value) {
    out.write(OtlpFields.tag(number));
    writeVarint(out, value.length);
    out.writeBytes(value);
  }

  private static void writeVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & -VARINT_MORE) != 0) {
      out.write((int) (rest & 0x7F) | VARINT_MORE);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
