// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Layout of one event in the ring buffer, as its {@code format} file in tracefs describes it. On
 * Linux 6.12:
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
 * its lower half.
 *
 * @param id the type that events of this format have
 * @param typeOffset of the u16 type
 * @param pidOffset of the i32 pid
 * @param protocolOffset of the u32 protocol, or {@link #NONE}
 * @param relLocOffset of the u32 rel_loc
 * @param fixedLength bytes up to the end of the last of these fields
 */
record EventFormat(
    int id, int typeOffset, int pidOffset, int protocolOffset, int relLocOffset, int fixedLength) {

  static final int NONE = -1;

  private static final Pattern ID = Pattern.compile("(?m)^ID:\\s*(\\d{1,9})\\s*$");

  static EventFormat parse(String format) throws ListenerException {
    Matcher matcher = ID.matcher(format);
    if (!matcher.find()) {
      throw ListenerException.ofText("the event's format has no ID", format);
    }
    int id = Integer.parseInt(matcher.group(1));
    FieldTable table = new FieldTable(format);
    FieldTable.Field type = table.require("common_type", Short.BYTES);
    FieldTable.Field pid = table.require("common_pid", Integer.BYTES);
    FieldTable.Field relLoc = table.require("buffer", Integer.BYTES);
    if (!relLoc.type().startsWith("__rel_loc")) {
      throw ListenerException.ofText("field buffer is no __rel_loc", format);
    }
    FieldTable.Field protocol = table.find("protocol");
    int fixedLength = Math.max(Math.max(type.end(), pid.end()), relLoc.end());
    if (protocol == null) {
      return new EventFormat(id, type.offset(), pid.offset(), NONE, relLoc.offset(), fixedLength);
    }
    table.require("protocol", Integer.BYTES);
    return new EventFormat(
        id,
        type.offset(),
        pid.offset(),
        protocol.offset(),
        relLoc.offset(),
        Math.max(fixedLength, protocol.end()));
  }
}
