// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Payloads as other exporters write them, composed byte by byte from what their sources say, and
 * not by a library of protobuf. All have one point.
 */
public final class PeerEvents {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  private PeerEvents() {}

  /**
   * The Rust crate opentelemetry-user-events-metrics ({@code src/exporter/mod.rs}, 0.13.0 at
   * e075a6c3 of opentelemetry-rust-contrib): a point an event, encoded by prost, fields in the
   * order of their numbers, defaults left out.
   */
  public static byte[] rust() {
    byte[] point =
        concat(
            fixed64(2, 10_000_000_000L),
            fixed64(3, 12_000_000_000L),
            fixed64(6, 5),
            message(7, attribute("side", "buy")));
    byte[] sum = concat(message(1, point), varint(2, 1), varint(3, 1));
    return request("rust-shop", concat(text(1, "orders"), text(3, "1"), message(7, sum)));
  }

  /**
   * The .NET exporter OpenTelemetry.Exporter.Geneva ({@code
   * Metrics/OtlpProtobuf/OtlpProtobufSerializer.cs} and {@code ProtobufSerializerHelper.cs},
   * 1.18.0-beta.2 at cd0365a9 of opentelemetry-dotnet-contrib): a point an event. Lengths of
   * messages are written after their content into three bytes that are kept free, so that they are
   * varints of three bytes, however small; those of texts are minimal. Texts that are empty are
   * there. A point's value comes before its times, and the points behind all else of a sum.
   */
  public static byte[] dotNet() {
    byte[] point =
        concat(
            doubleBits(4, 2.5),
            fixed64(2, 10_000_000_000L),
            fixed64(3, 12_000_000_000L),
            paddedMessage(7, dotNetAttribute("side", "sell")));
    return dotNetRequest("load", paddedMessage(5, paddedMessage(1, point)));
  }

  /** As {@link #dotNet}: bounds and counts of buckets by turns, and none of them packed. */
  public static byte[] dotNetHistogram() {
    byte[] point =
        concat(
            fixed64(2, 10_000_000_000L),
            fixed64(3, 12_000_000_000L),
            paddedMessage(9, dotNetAttribute("side", "sell")),
            fixed64(4, 3),
            doubleBits(5, 6.0),
            doubleBits(11, 1.0),
            doubleBits(12, 3.0),
            concat(fixed64(6, 1), doubleBits(7, 2), fixed64(6, 2), doubleBits(7, 4)),
            fixed64(6, 0));
    return dotNetRequest("size", paddedMessage(9, concat(varint(2, 1), paddedMessage(1, point))));
  }

  /** As {@link #dotNet}: counts of buckets are varints, none of them packed. */
  public static byte[] dotNetExponentialHistogram() {
    byte[] positive = concat(varint(1, 0), varint(2, 1), varint(2, 2));
    byte[] point =
        concat(
            fixed64(2, 10_000_000_000L),
            fixed64(3, 12_000_000_000L),
            paddedMessage(1, dotNetAttribute("side", "sell")),
            doubleBits(5, 5.0),
            fixed64(4, 3),
            varint(6, 0),
            fixed64(7, 0),
            paddedMessage(8, positive));
    return dotNetRequest(
        "latency", paddedMessage(10, concat(varint(2, 1), paddedMessage(1, point))));
  }

  private static byte[] dotNetRequest(String name, byte[] data) {
    byte[] metric = concat(text(1, name), text(2, ""), text(3, ""), data);
    byte[] scope = concat(paddedMessage(1, text(1, "meter")), paddedMessage(2, metric));
    byte[] resource = paddedMessage(1, dotNetAttribute("service.name", "net-shop"));
    return paddedMessage(1, concat(paddedMessage(1, resource), paddedMessage(2, scope)));
  }

  private static byte[] dotNetAttribute(String key, String value) {
    return concat(text(1, key), paddedMessage(2, text(1, value)));
  }

  /**
   * The C++ exporter ({@code exporters/user_events/src/metrics_exporter.cc} at 9f9cd7ba of
   * opentelemetry-cpp-contrib): libprotobuf, a histogram with packed buckets, {@code start_time} 0
   * left out. Its tracepoint has no fields; see {@link #cppData}.
   */
  public static byte[] cpp() {
    byte[] point =
        concat(
            fixed64(3, 12_000_000_000L),
            fixed64(4, 3),
            doubleBits(5, 6.0),
            message(6, concat(raw64(1), raw64(2))),
            message(7, raw64(Double.doubleToRawLongBits(2))),
            message(9, attribute("side", "buy")));
    byte[] histogram = concat(message(1, point), varint(2, 2));
    return request("cpp-shop", concat(text(1, "size"), text(3, "By"), message(9, histogram)));
  }

  /** Behind the fields that all events have: the length as an i32, and the message. */
  public static byte[] cppData() {
    byte[] message = cpp();
    byte[] length = {(byte) message.length, (byte) (message.length >> 8), 0, 0};
    return concat(length, message);
  }

  /** The point and all around it have fields that no version of the protocol knows yet. */
  public static byte[] newer() {
    byte[] unknown =
        concat(varint(900, 7), fixed64(901, 8), message(902, new byte[] {1, 2}), fixed32(903, 9));
    byte[] point = concat(unknown, fixed64(3, 12_000_000_000L), fixed64(6, -1), unknown);
    byte[] gauge = concat(message(1, point), unknown);
    return concat(
        request("new-shop", concat(unknown, text(1, "temperature"), message(5, gauge))), unknown);
  }

  /** A metric whose only point has no field, in a resource and a scope that have none. */
  public static byte[] withoutFields() {
    return message(1, message(2, message(2, concat(text(1, "nothing"), message(5, message(1))))));
  }

  private static byte[] request(String service, byte[] metric) {
    byte[] resource = message(1, attribute("service.name", service));
    byte[] scope = concat(message(1, text(1, "meter")), message(2, metric));
    return message(1, concat(message(1, resource), message(2, scope)));
  }

  private static byte[] attribute(String key, String value) {
    return concat(text(1, key), message(2, text(1, value)));
  }

  private static byte[] text(int field, String text) {
    return message(field, ascii(text));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] message(int field, byte... content) {
    return concat(minimal((field << 3) | LENGTH), minimal(content.length), content);
  }

  private static byte[] paddedMessage(int field, byte[] content) {
    int length = content.length;
    byte[] padded = {(byte) (length | 0x80), (byte) ((length >> 7) | 0x80), (byte) (length >> 14)};
    return concat(minimal((field << 3) | LENGTH), padded, content);
  }

  private static byte[] varint(int field, long value) {
    return concat(minimal((field << 3) | VARINT), minimal(value));
  }

  private static byte[] fixed64(int field, long value) {
    return concat(minimal((field << 3) | FIXED64), raw64(value));
  }

  private static byte[] doubleBits(int field, double value) {
    return fixed64(field, Double.doubleToRawLongBits(value));
  }

  private static byte[] fixed32(int field, int value) {
    return concat(
        minimal((field << 3) | FIXED32),
        new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)});
  }

  private static byte[] raw64(long value) {
    byte[] bytes = new byte[Long.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >> (8 * i));
    }
    return bytes;
  }

  private static byte[] minimal(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
