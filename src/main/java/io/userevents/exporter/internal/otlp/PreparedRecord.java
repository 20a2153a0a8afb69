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
import java.util.function.Consumer;
import org.agrona.MutableDirectBuffer;

/**
 * A record of one point of a gauge or a sum that is complete except for its times and its value,
 * which have a fixed width and stand next to each other:
 *
 * <pre>
 *   | resource, scope, name, unit | start time | time | value | attributes, temporality |
 *   |                             | 1 + 8      | 1 + 8| 1 + 8 |                         |
 * </pre>
 *
 * <p>A gauge has no start time. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class PreparedRecord {

  /** The kind of a point. */
  public enum Kind {
    /** A gauge of longs. */
    LONG_GAUGE(true, false, false),
    /** A gauge of doubles. */
    DOUBLE_GAUGE(false, false, false),
    /** A counter of longs. */
    LONG_COUNTER(true, true, true),
    /** A counter of doubles. */
    DOUBLE_COUNTER(false, true, true),
    /** An up-down counter of longs. */
    LONG_UP_DOWN_COUNTER(true, true, false),
    /** An up-down counter of doubles. */
    DOUBLE_UP_DOWN_COUNTER(false, true, false);

    private final boolean isLong;
    private final boolean isSum;
    private final boolean isMonotonic;

    Kind(boolean isLong, boolean isSum, boolean isMonotonic) {
      this.isLong = isLong;
      this.isSum = isSum;
      this.isMonotonic = isMonotonic;
    }

    /** {@return whether values are longs; otherwise they are doubles} */
    public boolean isLong() {
      return isLong;
    }

    /** {@return whether points have a start time} */
    public boolean isSum() {
      return isSum;
    }

    /** {@return whether it is a sum of values that are 0 or more} */
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
   * Encodes everything except times and value.
   *
   * @param kind kind of the point
   * @param limits limits, of which the budgets and the longest record count
   * @param resource resource of the point
   * @param excluded attributes of the resource that are left out
   * @param scope instrumentation scope of the point
   * @param name name of the metric
   * @param description description of the metric
   * @param unit unit of the metric
   * @param pointAttributes attributes of the point
   * @param reductions receives the cuts of resource, scope and metric
   * @return the record
   * @throws IllegalArgumentException if the record would be longer than the limit
   */
  public static PreparedRecord encode(
      Kind kind,
      Resource resource,
      InstrumentationScopeInfo scope,
      String name,
      String description,
      String unit,
      Attributes pointAttributes,
      EncoderLimits limits,
      NamePatterns excluded,
      Consumer<EnvelopeReduction> reductions) {
    EnvelopeContent resourceContent =
        within(limits.resourceBudget(), new ResourceContent(excluded).take(resource), reductions);
    EnvelopeContent scopeContent =
        within(limits.scopeBudget(), new ScopeContent().take(scope), reductions);
    EnvelopeContent metricContent =
        within(
            limits.metricBudget(), new MetricContent().take(name, description, unit), reductions);
    ProtoWriter writer = new ProtoWriter(limits.maxRecordLength());
    resourceContent.writeSuffix(writer);
    int scopeEnd = writer.length();
    scopeContent.writeSuffix(writer);
    int kindEnd = writer.length();
    if (kind.isSum) {
      EnvelopeEncoder.sum(writer, kind.isMonotonic, AggregationTemporality.DELTA);
    }
    int pointEnd = writer.length();
    new AttributesEncoder().encode(writer, NumberDataPoint.ATTRIBUTES, pointAttributes);
    writer.fixed64Field(kind.isLong ? NumberDataPoint.AS_INT : NumberDataPoint.AS_DOUBLE, 0);
    writer.fixed64Field(DataPoint.TIME_UNIX_NANO, 0);
    if (kind.isSum) {
      writer.fixed64Field(DataPoint.START_TIME_UNIX_NANO, 0);
    }
    int lengthFromFirstTime = writer.length();
    writer.messageHeader(MetricKind.DATA_POINTS, pointEnd);
    writer.messageHeader(kind.isSum ? Metric.SUM : Metric.GAUGE, kindEnd);
    metricContent.writePrefix(writer);
    writer.messageHeader(ScopeMetrics.METRICS, kindEnd);
    scopeContent.writePrefix(writer);
    writer.messageHeader(ResourceMetrics.SCOPE_METRICS, scopeEnd);
    resourceContent.writePrefix(writer);
    writer.messageHeader(ExportMetricsServiceRequest.RESOURCE_METRICS, 0);
    int length = writer.length();
    if (!writer.isComplete()) {
      throw new IllegalArgumentException(
          "the point fits into no record: name="
              + name
              + " encodedLength="
              + (length < ProtoWriter.MEASURE_LIMIT ? length : "above 16 MiB, or nested too deeply")
              + " maxRecordLength="
              + limits.maxRecordLength()
              + "; use fewer or shorter attributes");
    }
    byte[] bytes = Arrays.copyOfRange(writer.array(), writer.offset(), writer.offset() + length);
    return new PreparedRecord(bytes, length - lengthFromFirstTime, kind);
  }

  private static EnvelopeContent within(
      int budget, EnvelopeContent content, Consumer<EnvelopeReduction> reductions) {
    if (EnvelopeContent.length(content, new ProtoWriter(0)) > budget) {
      reductions.accept(content.reduceTo(budget));
    }
    return content;
  }

  /** {@return the kind of the point} */
  public Kind kind() {
    return kind;
  }

  /** {@return the length in bytes} */
  public int length() {
    return bytes.length;
  }

  /**
   * Writes the record to the beginning of a buffer.
   *
   * @param buffer buffer that receives the record
   * @param startTime start time of a sum in nanoseconds since the epoch; a gauge has none
   * @param time time in nanoseconds since the epoch
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
