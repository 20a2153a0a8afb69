// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The layout of one event in the kernel's buffers, as its {@code format} file in tracefs describes
 * it. Linux 6.12 uses this layout for the declaration of the Rust and .NET exporters and of this
 * project:
 *
 * <pre>
 *    0       2        3          4        8          12        20
 *   +-------+--------+----------+--------+----------+---------+----------+--------
 *   | type  | flags  | preempt  | pid    | protocol | version | rel_loc  | bytes
 *   | u16   | u8     | u8       | i32    | u32      | 8 bytes | u32      |
 *   +-------+--------+----------+--------+----------+---------+----------+--------
 * </pre>
 *
 * <p>rel_loc has the length of the bytes in its upper half, and their distance from its own end in
 * its lower half; with {@code __data_loc}, the distance from the beginning of the event. A field
 * {@code __rel_loc} of type u8 before the buffer is taken for the same.
 *
 * <p>The C++ exporter of opentelemetry-cpp-contrib ({@code
 * exporters/user_events/src/metrics_exporter.cc} at 9f9cd7ba) declares no fields at all, and writes
 * an i32 length before the bytes.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param name of the tracepoint
 * @param id the type that events of this format have
 * @param typeOffset of the u16 type
 * @param pidOffset of the i32 pid
 * @param protocolOffset of the u32 protocol, or {@link #NONE}
 * @param locOffset of the u32 that has the position of the bytes
 * @param locBase the offset from which that position counts, or {@link #LENGTH_FIRST}
 * @param fixedLength bytes up to the end of the last of these fields
 * @param text the content of the {@code format} file
 */
public record EventFormat(
    String name,
    int id,
    int typeOffset,
    int pidOffset,
    int protocolOffset,
    int locOffset,
    int locBase,
    int fixedLength,
    String text) {

  public static final int NONE = -1;

  /** A {@link #locBase}: an i32 length, followed by the bytes. */
  static final int LENGTH_FIRST = -1;

  /** Without fields, only the name indicates that an event has OTLP. */
  private static final String OTLP = "otlp_";

  private static final Pattern ID = Pattern.compile("(?m)^ID:\\s*(\\d{1,9})\\s*$");
  private static final String REL_LOC = "__rel_loc";
  private static final String DATA_LOC = "__data_loc";
  private static final String BUFFER = "buffer";
  private static final String PROTOCOL = "protocol";
  private static final String COMMON = "common_";

  public static EventFormat parse(String name, String format) throws LayoutException {
    Matcher matcher = ID.matcher(format);
    if (!matcher.find()) {
      throw LayoutException.ofText("the format of event " + name + " has no ID", format);
    }
    int id = Integer.parseInt(matcher.group(1));
    FieldTable table = new FieldTable(format);
    FieldTable.Field type = table.require("common_type", Short.BYTES);
    FieldTable.Field pid = table.require("common_pid", Integer.BYTES);
    if (name.startsWith(OTLP) && table.hasNoneBut(COMMON)) {
      int end = Math.max(type.end(), pid.end());
      return new EventFormat(
          name,
          id,
          type.offset(),
          pid.offset(),
          NONE,
          end,
          LENGTH_FIRST,
          end + Integer.BYTES,
          format);
    }
    FieldTable.Field loc = loc(name, table, format);
    int locEnd = loc.offset() + Integer.BYTES;
    int fixedLength = Math.max(Math.max(type.end(), pid.end()), locEnd);
    int protocolOffset = NONE;
    if (table.find(PROTOCOL) != null) {
      FieldTable.Field protocol = table.require(PROTOCOL, Integer.BYTES);
      protocolOffset = protocol.offset();
      fixedLength = Math.max(fixedLength, protocol.end());
    }
    return new EventFormat(
        name,
        id,
        type.offset(),
        pid.offset(),
        protocolOffset,
        loc.offset(),
        loc.type().startsWith(DATA_LOC) ? 0 : locEnd,
        fixedLength,
        format);
  }

  private static FieldTable.Field loc(String name, FieldTable table, String format)
      throws LayoutException {
    FieldTable.@Nullable Field buffer = table.find(BUFFER);
    if (buffer != null
        && (buffer.type().startsWith(REL_LOC) || buffer.type().startsWith(DATA_LOC))) {
      return table.require(BUFFER, Integer.BYTES);
    }
    FieldTable.@Nullable Field relLoc = table.find(REL_LOC);
    if (buffer != null
        && relLoc != null
        && relLoc.type().equals("u8")
        && buffer.offset() == relLoc.end()) {
      return relLoc;
    }
    throw LayoutException.ofText(
        "event "
            + name
            + " has another layout than the exporters for Rust, .NET, C++ and Java give it (u32"
            + " protocol; char[8] version; __rel_loc u8[] buffer): another program has registered"
            + " the name; choose another event name or end that program (fuser -v"
            + " user_events_data lists candidates)",
        format);
  }
}
