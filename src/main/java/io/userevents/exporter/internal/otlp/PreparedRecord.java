// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.OtlpFields.DataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.ExportMetricsServiceRequest;
import io.userevents.exporter.internal.otlp.OtlpFields.Metric;
import io.userevents.exporter.internal.otlp.OtlpFields.MetricKind;
import io.userevents.exporter.internal.otlp.OtlpFields.NumberDataPoint;
import io.userevents.exporter.internal.otlp.OtlpFields.ResourceMetrics;
import io.userevents.exporter.internal.otlp.OtlpFields.ScopeMetrics;
import java.util.Arrays;
import org.agrona.MutableDirectBuffer;

/**
 * A record of one point of a gauge or a sum that is complete but for its times and its value, which
 * have a fixed width and stand next to each other:
 *
 * <pre>
 *   | resource, scope, name, unit | start time | time | value | attributes, temporality |
 *   |                             | 1 + 8      | 1 + 8| 1 + 8 |                         |
 * </pre>
 *
 * <p>A gauge has no start time. Immutable.
 */
public final class PreparedRecord {

  /** What kind of point it is. */
  public enum Kind {
    LONG_GAUGE(true, false, false),
    DOUBLE_GAUGE(false, false, false),
    LONG_COUNTER(true, true, true),
    DOUBLE_COUNTER(false, true, true),
    LONG_UP_DOWN_COUNTER(true, true, false),
    DOUBLE_UP_DOWN_COUNTER(false, true, false);

    private final boolean isLong;
    private final boolean isSum;
    private final boolean isMonotonic;

    Kind(boolean isLong, boolean isSum, boolean isMonotonic) {
      this.isLong = isLong;
      this.isSum = isSum;
      this.isMonotonic = isMonotonic;
    }

    /** Whether values are longs; otherwise they are doubles. */
    public boolean isLong() {
      return isLong;
    }

    /** Whether points have a start time. */
    public boolean isSum() {
      return isSum;
    }

    /** Whether it is a sum of values that are 0 or more. */
    public boolean isMonotonic() {
      return isMonotonic;
    }
  }

  private final byte[] bytes;
  private final int firstTimeOffset;
  private final Kind kind;

  private PreparedRecord(byte[] bytes, int firstTimeOffset, Kind kind) {
    this.bytes = bytes;
    this.firstTimeOffset = firstTimeOffset;
    this.kind = kind;
  }

  /**
   * Encodes everything but times and value.
   *
   * @param maxRecordLength in bytes, 1 to {@link RecordEncoder#MAX_RECORD_LENGTH_LIMIT}
   * @throws IllegalArgumentException if the record would be longer
   */
  public static PreparedRecord encode(
      Kind kind,
      Resource resource,
      InstrumentationScopeInfo scope,
      String name,
      String description,
      String unit,
      Attributes pointAttributes,
      int maxRecordLength) {
    AttributesEncoder attributes = new AttributesEncoder();
    ProtoWriter writer = new ProtoWriter(maxRecordLength);
    writer.stringFieldUnlessEmpty(ResourceMetrics.SCHEMA_URL, resource.getSchemaUrl());
    int scopeEnd = writer.length();
    writer.stringFieldUnlessEmpty(ScopeMetrics.SCHEMA_URL, scope.getSchemaUrl());
    int kindEnd = writer.length();
    if (kind.isSum) {
      EnvelopeEncoder.sum(writer, kind.isMonotonic, AggregationTemporality.DELTA);
    }
    int pointEnd = writer.length();
    attributes.encode(writer, NumberDataPoint.ATTRIBUTES, pointAttributes);
    writer.fixed64Field(kind.isLong ? NumberDataPoint.AS_INT : NumberDataPoint.AS_DOUBLE, 0);
    writer.fixed64Field(DataPoint.TIME_UNIX_NANO, 0);
    if (kind.isSum) {
      writer.fixed64Field(DataPoint.START_TIME_UNIX_NANO, 0);
    }
    int lengthFromFirstTime = writer.length();
    writer.messageHeader(MetricKind.DATA_POINTS, pointEnd);
    writer.messageHeader(kind.isSum ? Metric.SUM : Metric.GAUGE, kindEnd);
    EnvelopeEncoder.header(writer, name, description, unit);
    writer.messageHeader(ScopeMetrics.METRICS, kindEnd);
    EnvelopeEncoder.scope(writer, attributes, scope);
    writer.messageHeader(ResourceMetrics.SCOPE_METRICS, scopeEnd);
    EnvelopeEncoder.resource(writer, attributes, resource);
    writer.messageHeader(ExportMetricsServiceRequest.RESOURCE_METRICS, 0);
    int length = writer.length();
    if (!writer.isComplete()) {
      throw new IllegalArgumentException(
          "the point fits into no record: name="
              + name
              + " encodedLength="
              + (length < ProtoWriter.MEASURE_LIMIT ? length : "above 16 MiB, or nested too deeply")
              + " maxRecordLength="
              + maxRecordLength
              + "; use fewer or shorter attributes");
    }
    byte[] bytes = Arrays.copyOfRange(writer.array(), writer.offset(), writer.offset() + length);
    return new PreparedRecord(bytes, length - lengthFromFirstTime, kind);
  }

  /** What kind of point it is. */
  public Kind kind() {
    return kind;
  }

  /** In bytes. */
  public int length() {
    return bytes.length;
  }

  /**
   * Writes the record to the beginning of a buffer.
   *
   * @param startTime of a sum, in nanoseconds since the epoch; a gauge has none
   * @param time in nanoseconds since the epoch
   * @param valueBits the long, or {@link Double#doubleToRawLongBits}
   * @throws IndexOutOfBoundsException if the buffer has less than {@link #length()} bytes, unless
   *     Agrona's bounds checks are switched off
   */
  public void write(MutableDirectBuffer buffer, long startTime, long time, long valueBits) {
    buffer.putBytes(0, bytes, 0, bytes.length);
    int offset = firstTimeOffset + OtlpFields.TAG_LENGTH;
    if (kind.isSum) {
      buffer.putLong(offset, startTime, LITTLE_ENDIAN);
      offset += ProtoFields.FIXED64_FIELD_LENGTH;
    }
    buffer.putLong(offset, time, LITTLE_ENDIAN);
    buffer.putLong(offset + ProtoFields.FIXED64_FIELD_LENGTH, valueBits, LITTLE_ENDIAN);
  }
}
