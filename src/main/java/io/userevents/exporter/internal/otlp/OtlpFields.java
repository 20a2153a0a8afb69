// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

/**
 * The tags of the OTLP fields that are written, grouped by message and in the order of their
 * numbers.
 *
 * <p>They come from these files of <a
 * href="https://github.com/open-telemetry/opentelemetry-proto">opentelemetry-proto</a> 1.11.0:
 * {@code collector/metrics/v1/metrics_service.proto}, {@code metrics/v1/metrics.proto}, {@code
 * resource/v1/resource.proto} and {@code common/v1/common.proto}. A tag is the field number shifted
 * left by three, plus the wire type; every number here is below 16, so every tag is one byte.
 */
final class OtlpFields {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;

  static final int TAG_LENGTH = 1;

  private OtlpFields() {}

  static final class ExportMetricsServiceRequest {
    static final int RESOURCE_METRICS = 1 << 3 | LENGTH_DELIMITED;

    private ExportMetricsServiceRequest() {}
  }

  static final class ResourceMetrics {
    static final int RESOURCE = 1 << 3 | LENGTH_DELIMITED;
    static final int SCOPE_METRICS = 2 << 3 | LENGTH_DELIMITED;
    static final int SCHEMA_URL = 3 << 3 | LENGTH_DELIMITED;

    private ResourceMetrics() {}
  }

  static final class Resource {
    static final int ATTRIBUTES = 1 << 3 | LENGTH_DELIMITED;
    static final int ENTITY_REFS = 3 << 3 | LENGTH_DELIMITED;

    private Resource() {}
  }

  /** EntityRef. */
  static final class EntityReference {
    static final int SCHEMA_URL = 1 << 3 | LENGTH_DELIMITED;
    static final int TYPE = 2 << 3 | LENGTH_DELIMITED;
    static final int ID_KEYS = 3 << 3 | LENGTH_DELIMITED;
    static final int DESCRIPTION_KEYS = 4 << 3 | LENGTH_DELIMITED;

    private EntityReference() {}
  }

  static final class ScopeMetrics {
    static final int SCOPE = 1 << 3 | LENGTH_DELIMITED;
    static final int METRICS = 2 << 3 | LENGTH_DELIMITED;
    static final int SCHEMA_URL = 3 << 3 | LENGTH_DELIMITED;

    private ScopeMetrics() {}
  }

  static final class InstrumentationScope {
    static final int NAME = 1 << 3 | LENGTH_DELIMITED;
    static final int VERSION = 2 << 3 | LENGTH_DELIMITED;
    static final int ATTRIBUTES = 3 << 3 | LENGTH_DELIMITED;

    private InstrumentationScope() {}
  }

  static final class Metric {
    static final int NAME = 1 << 3 | LENGTH_DELIMITED;
    static final int DESCRIPTION = 2 << 3 | LENGTH_DELIMITED;
    static final int UNIT = 3 << 3 | LENGTH_DELIMITED;
    static final int GAUGE = 5 << 3 | LENGTH_DELIMITED;
    static final int SUM = 7 << 3 | LENGTH_DELIMITED;
    static final int HISTOGRAM = 9 << 3 | LENGTH_DELIMITED;
    static final int EXPONENTIAL_HISTOGRAM = 10 << 3 | LENGTH_DELIMITED;
    static final int SUMMARY = 11 << 3 | LENGTH_DELIMITED;

    private Metric() {}
  }

  /** The fields that Gauge, Sum, Histogram, ExponentialHistogram and Summary have in common. */
  static final class MetricKind {
    static final int DATA_POINTS = 1 << 3 | LENGTH_DELIMITED;

    /** A field of Sum, Histogram and ExponentialHistogram. */
    static final int AGGREGATION_TEMPORALITY = 2 << 3 | VARINT;

    static final int TEMPORALITY_DELTA = 1;
    static final int TEMPORALITY_CUMULATIVE = 2;

    /** A field of Sum. */
    static final int IS_MONOTONIC = 3 << 3 | VARINT;

    private MetricKind() {}
  }

  /** The fields that all four kinds of data points have in common. */
  static final class DataPoint {
    static final int START_TIME_UNIX_NANO = 2 << 3 | FIXED64;
    static final int TIME_UNIX_NANO = 3 << 3 | FIXED64;

    /** A field of all data points except NumberDataPoint. */
    static final int COUNT = 4 << 3 | FIXED64;

    /** A field of all data points except NumberDataPoint. */
    static final int SUM = 5 << 3 | FIXED64;

    private DataPoint() {}
  }

  static final class NumberDataPoint {
    static final int AS_DOUBLE = 4 << 3 | FIXED64;
    static final int EXEMPLARS = 5 << 3 | LENGTH_DELIMITED;
    static final int AS_INT = 6 << 3 | FIXED64;
    static final int ATTRIBUTES = 7 << 3 | LENGTH_DELIMITED;

    private NumberDataPoint() {}
  }

  static final class HistogramDataPoint {
    static final int BUCKET_COUNTS = 6 << 3 | LENGTH_DELIMITED;
    static final int EXPLICIT_BOUNDS = 7 << 3 | LENGTH_DELIMITED;
    static final int EXEMPLARS = 8 << 3 | LENGTH_DELIMITED;
    static final int ATTRIBUTES = 9 << 3 | LENGTH_DELIMITED;
    static final int MIN = 11 << 3 | FIXED64;
    static final int MAX = 12 << 3 | FIXED64;

    private HistogramDataPoint() {}
  }

  static final class ExponentialHistogramDataPoint {
    static final int ATTRIBUTES = 1 << 3 | LENGTH_DELIMITED;
    static final int SCALE = 6 << 3 | VARINT;
    static final int ZERO_COUNT = 7 << 3 | FIXED64;
    static final int POSITIVE = 8 << 3 | LENGTH_DELIMITED;
    static final int NEGATIVE = 9 << 3 | LENGTH_DELIMITED;
    static final int EXEMPLARS = 11 << 3 | LENGTH_DELIMITED;
    static final int MIN = 12 << 3 | FIXED64;
    static final int MAX = 13 << 3 | FIXED64;

    private ExponentialHistogramDataPoint() {}
  }

  static final class Buckets {
    static final int OFFSET = 1 << 3 | VARINT;
    static final int BUCKET_COUNTS = 2 << 3 | LENGTH_DELIMITED;

    private Buckets() {}
  }

  static final class SummaryDataPoint {
    static final int QUANTILE_VALUES = 6 << 3 | LENGTH_DELIMITED;
    static final int ATTRIBUTES = 7 << 3 | LENGTH_DELIMITED;

    private SummaryDataPoint() {}
  }

  static final class ValueAtQuantile {
    static final int QUANTILE = 1 << 3 | FIXED64;
    static final int VALUE = 2 << 3 | FIXED64;

    private ValueAtQuantile() {}
  }

  static final class Exemplar {
    static final int TIME_UNIX_NANO = 2 << 3 | FIXED64;
    static final int AS_DOUBLE = 3 << 3 | FIXED64;
    static final int SPAN_ID = 4 << 3 | LENGTH_DELIMITED;
    static final int TRACE_ID = 5 << 3 | LENGTH_DELIMITED;
    static final int AS_INT = 6 << 3 | FIXED64;
    static final int FILTERED_ATTRIBUTES = 7 << 3 | LENGTH_DELIMITED;

    private Exemplar() {}
  }

  static final class KeyValue {
    static final int KEY = 1 << 3 | LENGTH_DELIMITED;
    static final int VALUE = 2 << 3 | LENGTH_DELIMITED;

    private KeyValue() {}
  }

  static final class AnyValue {
    static final int STRING_VALUE = 1 << 3 | LENGTH_DELIMITED;
    static final int BOOL_VALUE = 2 << 3 | VARINT;
    static final int INT_VALUE = 3 << 3 | VARINT;
    static final int DOUBLE_VALUE = 4 << 3 | FIXED64;
    static final int ARRAY_VALUE = 5 << 3 | LENGTH_DELIMITED;
    static final int KVLIST_VALUE = 6 << 3 | LENGTH_DELIMITED;
    static final int BYTES_VALUE = 7 << 3 | LENGTH_DELIMITED;

    private AnyValue() {}
  }

  /** The one field of both ArrayValue and KeyValueList. */
  static final class ValueList {
    static final int VALUES = 1 << 3 | LENGTH_DELIMITED;

    private ValueList() {}
  }
}
