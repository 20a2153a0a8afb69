// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/**
 * Checks whether an event is an ExportMetricsServiceRequest that every parser accepts: lengths,
 * wire types and UTF-8 at all levels. One invalid event would make an endpoint refuse the whole
 * request, with the events of other processes.
 *
 * <p>The check decodes nothing and creates no objects. It reads only the values of attribute names.
 * Parsers differ in what they accept. A field with a known number but another wire type is an error
 * for some parsers (the Collector's) and an unknown field for others, so it is an error here.
 * Unknown fields are not errors.
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class RequestCheck {

  /**
   * The deepest nesting. Attributes can nest without limit, and parsers accept a hundred levels.
   * The request itself has 7.
   */
  static final int MAX_DEPTH = 32;

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private final Fields[] levels = new Fields[MAX_DEPTH];
  private long renamedAttributes;

  /** Creates a check. */
  public RequestCheck() {
    for (int i = 0; i < MAX_DEPTH; i++) {
      levels[i] = new Fields();
    }
  }

  /** Returns how many attributes so far had names that are reserved for the agent. */
  public long renamedAttributes() {
    return renamedAttributes;
  }

  /**
   * Returns whether these bytes of an array are a request. Renames attributes in the array whose
   * names are reserved for the agent, see {@link ReservedNames}.
   */
  public boolean isRequest(byte[] bytes, int offset, int length) {
    return isMessage(bytes, offset, offset + length, RequestSchema.REQUEST, 0);
  }

  private boolean isMessage(byte[] bytes, int start, int end, int message, int depth) {
    if (depth == MAX_DEPTH) {
      return false;
    }
    Fields fields = levels[depth].wrap(bytes, start, end);
    while (fields.next()) {
      int kind = RequestSchema.kind(message, fields.number());
      if (kind >= RequestSchema.MESSAGE) {
        if (!fields.isLengthDelimited()
            || !isMessage(
                bytes,
                fields.valueStart(),
                fields.valueEnd(),
                kind - RequestSchema.MESSAGE,
                depth + 1)) {
          return false;
        }
      } else if (!isValue(bytes, fields, kind)) {
        return false;
      } else if (RequestSchema.isKey(message, fields.number())
          && ReservedNames.rename(bytes, fields.valueStart(), fields.valueEnd())) {
        renamedAttributes++;
      }
    }
    return !fields.isMalformed();
  }

  private static boolean isValue(byte[] bytes, Fields fields, int kind) {
    return switch (kind) {
      case RequestSchema.VARINT -> fields.isVarint();
      case RequestSchema.FIXED_64 -> fields.isFixed64();
      case RequestSchema.FIXED_32 -> fields.isFixed32();
      case RequestSchema.BYTES -> fields.isLengthDelimited();
      case RequestSchema.STRING ->
          fields.isLengthDelimited() && Utf8.isValid(bytes, fields.valueStart(), fields.valueEnd());
      case RequestSchema.TRACE_ID -> isId(fields, TRACE_ID_BYTES);
      case RequestSchema.SPAN_ID -> isId(fields, SPAN_ID_BYTES);
      case RequestSchema.FIXED_64_LIST ->
          fields.isFixed64()
              || (fields.isLengthDelimited() && fields.valueLength() % Long.BYTES == 0);
      case RequestSchema.VARINT_LIST ->
          fields.isVarint()
              || (fields.isLengthDelimited()
                  && areVarints(bytes, fields.valueStart(), fields.valueEnd()));
      default -> true;
    };
  }

  private static boolean isId(Fields fields, int length) {
    return fields.isLengthDelimited()
        && (fields.valueLength() == 0 || fields.valueLength() == length);
  }

  private static boolean areVarints(byte[] bytes, int start, int end) {
    int length = 0;
    for (int i = start; i < end; i++) {
      length++;
      if (length == Fields.MAX_VARINT_BYTES && (bytes[i] & ~1) != 0) {
        return false;
      }
      if (bytes[i] >= 0) {
        length = 0;
      }
    }
    return length == 0;
  }
}
