// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.userevents.kernel.ManySeries.Kind;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Marks the series of {@link ManySeries} that events contain. It reads only the necessary bytes,
 * because the official classes need minutes for a million points on an emulated processor.
 */
final class ReceivedSeries {

  private static final int ATTRIBUTES = 4;

  /** Reads one field of a message. */
  @FunctionalInterface
  private interface FieldReader {

    /** Returns whether it has read the field's value, which is skipped otherwise. */
    boolean read(int field, CodedInputStream in) throws IOException;
  }

  /** By the names of their instruments. */
  private final Map<String, BitSet> seen = new HashMap<>();

  private long points;
  private long pointsOfOthers;

  private String name = "";
  private String nameOfKind = "";
  private @Nullable Kind kind;

  /** Field of a metric: the type of its points. */
  private int type;

  private int series;
  private int attributes;
  private boolean isLong;
  private double value;

  /** Counts the points of events. */
  static ReceivedSeries of(List<byte[]> events) throws IOException {
    ReceivedSeries received = new ReceivedSeries();
    for (byte[] event : events) {
      readAll(CodedInputStream.newInstance(event), received::readFieldOfRequest);
    }
    return received;
  }

  /** Points of all metrics. */
  long points() {
    return points + pointsOfOthers;
  }

  /**
   * Fails unless each series was received once. The value and type of each point were checked when
   * it was read.
   *
   * @param instruments of each kind, in the order of {@link Kind}
   */
  void requireEachOnce(int[] instruments) {
    BitSet all = new BitSet();
    all.set(0, ManySeries.PER_INSTRUMENT);
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < instruments[kind.ordinal()]; i++) {
        String instrument = kind.nameOf(i);
        assertThat(seen.remove(instrument)).as("series of %s", instrument).isEqualTo(all);
      }
    }
    assertThat(seen.keySet()).as("instruments that nobody has recorded on").isEmpty();
  }

  private boolean readFieldOfRequest(int field, CodedInputStream in) throws IOException {
    return field == ExportMetricsServiceRequest.RESOURCE_METRICS_FIELD_NUMBER
        && readMessage(in, this::readFieldOfResource);
  }

  private boolean readFieldOfResource(int field, CodedInputStream in) throws IOException {
    return field == ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER
        && readMessage(in, this::readFieldOfScope);
  }

  private boolean readFieldOfScope(int field, CodedInputStream in) throws IOException {
    return field == ScopeMetrics.METRICS_FIELD_NUMBER && readMetric(in);
  }

  private boolean readMetric(CodedInputStream in) throws IOException {
    name = "";
    return readMessage(in, this::readFieldOfMetric);
  }

  private boolean readFieldOfMetric(int field, CodedInputStream in) throws IOException {
    switch (field) {
      case Metric.NAME_FIELD_NUMBER -> name = in.readString();
      case Metric.GAUGE_FIELD_NUMBER,
          Metric.SUM_FIELD_NUMBER,
          Metric.HISTOGRAM_FIELD_NUMBER,
          Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER,
          Metric.SUMMARY_FIELD_NUMBER -> {
        type = field;
        readMessage(in, this::readFieldOfData);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readFieldOfData(int field, CodedInputStream in) throws IOException {
    // The same number is in all of them.
    if (field != Gauge.DATA_POINTS_FIELD_NUMBER) {
      return false;
    }
    Kind kind = kind();
    if (kind == null) {
      pointsOfOthers++;
      return false;
    }
    series = -1;
    attributes = 0;
    isLong = false;
    value = Double.NaN;
    switch (type) {
      case Metric.HISTOGRAM_FIELD_NUMBER -> readMessage(in, this::readFieldOfHistogram);
      case Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER ->
          readMessage(in, this::readFieldOfExponentialHistogram);
      default -> readMessage(in, this::readFieldOfNumber);
    }
    add(kind);
    return true;
  }

  private boolean readFieldOfNumber(int field, CodedInputStream in) throws IOException {
    switch (field) {
      case NumberDataPoint.ATTRIBUTES_FIELD_NUMBER -> readAttribute(in);
      case NumberDataPoint.AS_DOUBLE_FIELD_NUMBER -> value = in.readDouble();
      case NumberDataPoint.AS_INT_FIELD_NUMBER -> {
        isLong = true;
        value = in.readSFixed64();
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readFieldOfHistogram(int field, CodedInputStream in) throws IOException {
    switch (field) {
      case HistogramDataPoint.ATTRIBUTES_FIELD_NUMBER -> readAttribute(in);
      case HistogramDataPoint.SUM_FIELD_NUMBER -> value = in.readDouble();
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean readFieldOfExponentialHistogram(int field, CodedInputStream in)
      throws IOException {
    switch (field) {
      case ExponentialHistogramDataPoint.ATTRIBUTES_FIELD_NUMBER -> readAttribute(in);
      case ExponentialHistogramDataPoint.SUM_FIELD_NUMBER -> value = in.readDouble();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void readAttribute(CodedInputStream in) throws IOException {
    attributes++;
    readMessage(in, this::readFieldOfAttribute);
  }

  private boolean readFieldOfAttribute(int field, CodedInputStream in) throws IOException {
    // Only this attribute is a number.
    return field == KeyValue.VALUE_FIELD_NUMBER && readMessage(in, this::readFieldOfValue);
  }

  private boolean readFieldOfValue(int field, CodedInputStream in) throws IOException {
    if (field != AnyValue.INT_VALUE_FIELD_NUMBER) {
      return false;
    }
    series = (int) in.readInt64();
    return true;
  }

  private void add(Kind kind) {
    BitSet seenOfInstrument = seen.computeIfAbsent(name, absent -> new BitSet());
    // Avoids AssertJ in the normal case, because this runs often on an emulated processor.
    if (series < 0
        || attributes != ATTRIBUTES
        || value != series + 1
        || !isOfType(kind)
        || seenOfInstrument.get(series)) {
      throw new AssertionError(
          "metric=%s type=%s series=%s attributes=%s value=%s isLong=%s, received before: %s"
              .formatted(
                  name,
                  type,
                  series,
                  attributes,
                  value,
                  isLong,
                  series >= 0 && seenOfInstrument.get(series)));
    }
    seenOfInstrument.set(series);
    points++;
  }

  private boolean isOfType(Kind kind) {
    return switch (kind) {
      case LONG_SUM -> type == Metric.SUM_FIELD_NUMBER && isLong;
      case DOUBLE_SUM -> type == Metric.SUM_FIELD_NUMBER && !isLong;
      case LONG_GAUGE -> type == Metric.GAUGE_FIELD_NUMBER && isLong;
      case DOUBLE_GAUGE -> type == Metric.GAUGE_FIELD_NUMBER && !isLong;
      case HISTOGRAM -> type == Metric.HISTOGRAM_FIELD_NUMBER;
      case EXPONENTIAL_HISTOGRAM -> type == Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER;
    };
  }

  /** Returns null if the metric does not belong to {@link ManySeries}. */
  private @Nullable Kind kind() {
    if (!name.equals(nameOfKind)) {
      nameOfKind = name;
      kind = null;
      for (Kind candidate : Kind.values()) {
        if (name.startsWith(candidate.prefix())) {
          kind = candidate;
        }
      }
    }
    return kind;
  }

  private static boolean readMessage(CodedInputStream in, FieldReader reader) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    readAll(in, reader);
    in.popLimit(outer);
    return true;
  }

  private static void readAll(CodedInputStream in, FieldReader reader) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!reader.read(WireFormat.getTagFieldNumber(tag), in)) {
        in.skipField(tag);
      }
    }
  }
}
