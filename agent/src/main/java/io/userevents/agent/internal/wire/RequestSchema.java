// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/**
 * The fields of an ExportMetricsServiceRequest and of all messages in it: the kind of value of each
 * field number. Source: opentelemetry-proto 1.11, {@code metrics_service.proto}, {@code
 * metrics.proto}, {@code resource.proto}, {@code common.proto}.
 */
final class RequestSchema {

  /** A number without a field. Its value is skipped, as parsers do. */
  static final int UNKNOWN = 0;

  static final int VARINT = 1;
  static final int FIXED_64 = 2;
  static final int FIXED_32 = 3;
  static final int BYTES = 4;

  /** UTF-8. */
  static final int STRING = 5;

  /** Fixed64 or double, packed or one per field. */
  static final int FIXED_64_LIST = 6;

  /** Varints, packed or one per field. */
  static final int VARINT_LIST = 7;

  /** Bytes of length 0 or 16. */
  static final int TRACE_ID = 8;

  /** Bytes of length 0 or 8. */
  static final int SPAN_ID = 9;

  /** Kinds from here on are messages: this value plus the number of the message's table. */
  static final int MESSAGE = 16;

  static final int REQUEST = 0;

  private static final int RESOURCE_METRICS = 1;
  private static final int RESOURCE = 2;
  private static final int SCOPE_METRICS = 3;
  private static final int SCOPE = 4;
  private static final int METRIC = 5;
  private static final int NUMBERS = 6;
  private static final int HISTOGRAM = 7;
  private static final int EXPONENTIAL_HISTOGRAM = 8;
  private static final int SUMMARY = 9;
  private static final int NUMBER_POINT = 10;
  private static final int HISTOGRAM_POINT = 11;
  private static final int EXPONENTIAL_POINT = 12;
  private static final int SUMMARY_POINT = 13;
  private static final int BUCKETS = 14;
  private static final int QUANTILE = 15;
  private static final int EXEMPLAR = 16;
  private static final int KEY_VALUE = 17;
  private static final int ANY_VALUE = 18;
  private static final int ARRAY_VALUE = 19;
  private static final int KEY_VALUE_LIST = 20;
  private static final int ENTITY = 21;

  /**
   * A field of ResourceMetrics: ScopeMetrics of a version before 1.0. The proto file reserves the
   * number, and the Collector still reads it ({@code deprecated_scope_metrics} of its pdata 1.x).
   */
  static final int DEPRECATED_SCOPE_METRICS = 1000;

  private static final byte[][] TABLES = new byte[ENTITY + 1][];

  static {
    table(REQUEST, 1, message(RESOURCE_METRICS));
    table(RESOURCE_METRICS, 1, message(RESOURCE), 2, message(SCOPE_METRICS), 3, STRING);
    table(RESOURCE, 1, message(KEY_VALUE), 2, VARINT, 3, message(ENTITY));
    table(SCOPE_METRICS, 1, message(SCOPE), 2, message(METRIC), 3, STRING);
    table(SCOPE, 1, STRING, 2, STRING, 3, message(KEY_VALUE), 4, VARINT);
    table(
        METRIC,
        1,
        STRING,
        2,
        STRING,
        3,
        STRING,
        5,
        message(NUMBERS),
        7,
        message(NUMBERS),
        9,
        message(HISTOGRAM),
        10,
        message(EXPONENTIAL_HISTOGRAM),
        11,
        message(SUMMARY),
        12,
        message(KEY_VALUE));
    // Gauge and Sum. Gauge has only the points.
    table(NUMBERS, 1, message(NUMBER_POINT), 2, VARINT, 3, VARINT);
    table(HISTOGRAM, 1, message(HISTOGRAM_POINT), 2, VARINT);
    table(EXPONENTIAL_HISTOGRAM, 1, message(EXPONENTIAL_POINT), 2, VARINT);
    table(SUMMARY, 1, message(SUMMARY_POINT));
    table(
        NUMBER_POINT,
        2,
        FIXED_64,
        3,
        FIXED_64,
        4,
        FIXED_64,
        5,
        message(EXEMPLAR),
        6,
        FIXED_64,
        7,
        message(KEY_VALUE),
        8,
        VARINT);
    table(
        HISTOGRAM_POINT,
        2,
        FIXED_64,
        3,
        FIXED_64,
        4,
        FIXED_64,
        5,
        FIXED_64,
        6,
        FIXED_64_LIST,
        7,
        FIXED_64_LIST,
        8,
        message(EXEMPLAR),
        9,
        message(KEY_VALUE),
        10,
        VARINT,
        11,
        FIXED_64,
        12,
        FIXED_64);
    table(
        EXPONENTIAL_POINT,
        1,
        message(KEY_VALUE),
        2,
        FIXED_64,
        3,
        FIXED_64,
        4,
        FIXED_64,
        5,
        FIXED_64,
        6,
        VARINT,
        7,
        FIXED_64,
        8,
        message(BUCKETS),
        9,
        message(BUCKETS),
        10,
        VARINT,
        11,
        message(EXEMPLAR),
        12,
        FIXED_64,
        13,
        FIXED_64,
        14,
        FIXED_64);
    table(
        SUMMARY_POINT,
        2,
        FIXED_64,
        3,
        FIXED_64,
        4,
        FIXED_64,
        5,
        FIXED_64,
        6,
        message(QUANTILE),
        7,
        message(KEY_VALUE),
        8,
        VARINT);
    table(BUCKETS, 1, VARINT, 2, VARINT_LIST);
    table(QUANTILE, 1, FIXED_64, 2, FIXED_64);
    table(
        EXEMPLAR,
        2,
        FIXED_64,
        3,
        FIXED_64,
        4,
        SPAN_ID,
        5,
        TRACE_ID,
        6,
        FIXED_64,
        7,
        message(KEY_VALUE));
    table(KEY_VALUE, 1, STRING, 2, message(ANY_VALUE), 3, VARINT);
    table(
        ANY_VALUE,
        1,
        STRING,
        2,
        VARINT,
        3,
        VARINT,
        4,
        FIXED_64,
        5,
        message(ARRAY_VALUE),
        6,
        message(KEY_VALUE_LIST),
        7,
        BYTES,
        8,
        VARINT);
    table(ARRAY_VALUE, 1, message(ANY_VALUE));
    table(KEY_VALUE_LIST, 1, message(KEY_VALUE));
    table(ENTITY, 1, STRING, 2, STRING, 3, STRING, 4, STRING);
  }

  private RequestSchema() {}

  /** Returns whether a field is the key of an attribute, at any level. */
  static boolean isKey(int message, int number) {
    return message == KEY_VALUE && number == 1;
  }

  /** Returns the kind of a field of a message. */
  static int kind(int message, int number) {
    if (number == DEPRECATED_SCOPE_METRICS && message == RESOURCE_METRICS) {
      return message(SCOPE_METRICS);
    }
    byte[] table = TABLES[message];
    return number < table.length ? table[number] : UNKNOWN;
  }

  private static int message(int table) {
    return MESSAGE + table;
  }

  /** Builds a table from pairs of a number and a kind. The numbers must ascend. */
  private static void table(int message, int... fields) {
    byte[] table = new byte[fields[fields.length - 2] + 1];
    for (int i = 0; i < fields.length; i += 2) {
      table[fields[i]] = (byte) fields[i + 1];
    }
    TABLES[message] = table;
  }
}
