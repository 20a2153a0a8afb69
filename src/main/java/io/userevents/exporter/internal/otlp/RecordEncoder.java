// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.RecordPacker.METRIC;
import static io.userevents.exporter.internal.otlp.RecordPacker.RESOURCE;
import static io.userevents.exporter.internal.otlp.RecordPacker.SCOPE;
import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes metrics into records: OTLP {@code ExportMetricsServiceRequest}s of limited length, each
 * of which decodes alone. The order of metrics and points is kept. Within a record, consecutive
 * metrics of equal resource or scope share one message for it.
 *
 * <p>Fields are written in the order of their numbers. The same fields are written, and the same
 * defaults are left out, as in the OTLP exporters of OpenTelemetry Java.
 *
 * <p>Records of several points are no longer than the packed length. A point that does not fit into
 * such a record goes alone into one up to the maximum. If it does not fit into that either, it is
 * tried without its exemplars, then also without the description of its metric, and is then
 * reported to the sink. A resource, scope or metric header that is longer than its budget is cut,
 * so that it does not take the room of the points; the sink receives the cuts. No record is ever
 * longer than the limit.
 *
 * <p>Objects that recur in every export (resources, scopes, metric headers, attribute sets) are
 * encoded once and then copied, as long as there is room for them; an {@link Attributes} or {@link
 * Resource} that changes after it was first exported keeps its first bytes.
 *
 * <p>An encoder is not thread-safe: only one thread may use it at a time. Reuse it: it keeps its
 * buffers, about ten times the limit, and the cache.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class RecordEncoder {

  private final EncoderLimits limits;

  private final EncodedCache cache;
  private final EnvelopeEncoder envelopes;
  private final PointEncoder points;
  private final PointPrefetch prefetch = new PointPrefetch();

  private Envelope resourceEnvelope;
  private Envelope nextResourceEnvelope;
  private Envelope scopeEnvelope;
  private Envelope nextScopeEnvelope;
  private final Envelope metricEnvelope;
  private final Envelope undescribedMetricEnvelope;
  private final Envelope kindEnvelope;
  private final RecordPacker packer;

  /**
   * The consumer of metrics, bound once because there is no other way to walk the SDK's collections
   * without garbage.
   */
  private final Consumer<MetricData> encodeMetric = this::encodeMetric;

  /** The sink of the current export. */
  private @Nullable RecordSink sink;

  private @Nullable Resource resource;
  private @Nullable InstrumentationScopeInfo scope;

  /**
   * Creates an encoder.
   *
   * @param limits limits of records
   * @param excluded attributes of resources that are left out
   * @param cacheMemory limit of the cache in bytes, 0 or more; with 0 everything is encoded each
   *     time
   * @throws IllegalArgumentException if the cache's memory is below 0
   */
  public RecordEncoder(EncoderLimits limits, NamePatterns excluded, int cacheMemory) {
    if (cacheMemory < 0) {
      throw new IllegalArgumentException("cacheMemory=" + cacheMemory + " below 0");
    }
    this.limits = limits;
    int longest = limits.maxRecordLength();
    this.cache = new EncodedCache(cacheMemory);
    this.envelopes = new EnvelopeEncoder(limits, excluded, cache);
    this.points = new PointEncoder(new AttributesEncoder(), cache, longest);
    this.resourceEnvelope = new Envelope(longest);
    this.nextResourceEnvelope = new Envelope(longest);
    this.scopeEnvelope = new Envelope(longest);
    this.nextScopeEnvelope = new Envelope(longest);
    this.metricEnvelope = new Envelope(longest);
    this.undescribedMetricEnvelope = new Envelope(longest);
    this.kindEnvelope = new Envelope(longest);
    this.packer =
        new RecordPacker(
            limits.packedLength(),
            longest,
            resourceEnvelope,
            scopeEnvelope,
            metricEnvelope,
            kindEnvelope);
  }

  /**
   * Creates an encoder for tests and benchmarks, with one limit for all records and without
   * excluded attributes.
   */
  RecordEncoder(int maxRecordLength, int maxPointsPerRecord, int cacheMemory) {
    this(
        new EncoderLimits(maxRecordLength, maxRecordLength, maxPointsPerRecord),
        NamePatterns.NONE,
        cacheMemory);
  }

  /**
   * Encodes all points and passes the records to the sink, in order. Returns after the last record.
   * If the sink or a metric throws, the remaining points are forgotten, and the next call starts
   * from the beginning.
   *
   * @param metrics the metrics of an export
   * @param sink receives the records
   */
  public void encode(Collection<? extends MetricData> metrics, RecordSink sink) {
    requireNonNull(metrics, "metrics");
    requireNonNull(sink, "sink");
    packer.discard();
    cache.beginExport();
    // The cache may have moved the bytes of the envelopes.
    resource = null;
    scope = null;
    this.sink = sink;
    try {
      metrics.forEach(encodeMetric);
      packer.complete(sink);
    } finally {
      this.sink = null;
    }
  }

  /** Returns the cache, for tests. */
  EncodedCache cache() {
    return cache;
  }

  private void encodeMetric(MetricData metric) {
    Collection<? extends PointData> metricPoints = metric.getData().getPoints();
    if (!metricPoints.isEmpty()) {
      RecordSink target = requireNonNull(sink, "sink");
      enterMetric(metric, target);
      encodePoints(metric, metricPoints, target);
    }
  }

  private void enterMetric(MetricData metric, RecordSink sink) {
    packer.use(METRIC, metricEnvelope);
    enterResource(metric.getResource(), sink);
    enterScope(metric.getInstrumentationScopeInfo(), sink);
    envelopes.metric(metricEnvelope, metric, sink);
    envelopes.kind(kindEnvelope, metric);
  }

  private void enterResource(Resource next, RecordSink sink) {
    if (next == resource) {
      return;
    }
    boolean isFirst = resource == null;
    envelopes.resourceMetrics(nextResourceEnvelope, next, sink);
    resource = next;
    // This does not use equals, which may take any time for the values of an application's
    // attributes.
    if (isFirst || !nextResourceEnvelope.contentEquals(resourceEnvelope)) {
      Envelope last = resourceEnvelope;
      resourceEnvelope = nextResourceEnvelope;
      nextResourceEnvelope = last;
      packer.use(RESOURCE, resourceEnvelope);
    }
  }

  private void enterScope(InstrumentationScopeInfo next, RecordSink sink) {
    if (next == scope) {
      return;
    }
    boolean isFirst = scope == null;
    envelopes.scopeMetrics(nextScopeEnvelope, next, sink);
    scope = next;
    if (isFirst || !nextScopeEnvelope.contentEquals(scopeEnvelope)) {
      Envelope last = scopeEnvelope;
      scopeEnvelope = nextScopeEnvelope;
      nextScopeEnvelope = last;
      packer.use(SCOPE, scopeEnvelope);
    }
  }

  private void encodePoints(
      MetricData metric, Collection<? extends PointData> metricPoints, RecordSink sink) {
    MetricDataType type = metric.getType();
    if (metricPoints instanceof List<? extends PointData> list && list instanceof RandomAccess) {
      // An iterator would be garbage.
      int size = list.size();
      for (int begin = 0; begin < size; begin += PointPrefetch.POINTS) {
        int end = Math.min(begin + PointPrefetch.POINTS, size);
        prefetch.load(type, list, begin, end);
        for (int i = begin; i < end; i++) {
          encodePoint(metric, type, list.get(i), sink);
        }
      }
    } else {
      for (PointData metricPoint : metricPoints) {
        encodePoint(metric, type, metricPoint, sink);
      }
    }
  }

  private void encodePoint(
      MetricData metric, MetricDataType type, PointData metricPoint, RecordSink sink) {
    int length = points.measure(type, metricPoint, /* withExemplars= */ true);
    if (!place(type, length, metricEnvelope, sink)) {
      encodeReduced(metric, type, metricPoint, sink);
    }
  }

  /**
   * Writes the measured point into this record, the next one, or a separate record. Returns false
   * if it fits into none.
   */
  private boolean place(MetricDataType type, int length, Envelope envelope, RecordSink sink) {
    boolean alone = false;
    if (!packer.isUsed(METRIC, envelope) || !packer.hasRoomFor(length)) {
      int lengthAlone = packer.lengthAlone(envelope, length);
      if (lengthAlone > limits.maxRecordLength()) {
        return false;
      }
      alone = lengthAlone > limits.packedLength();
      if (!packer.isUsed(METRIC, envelope)) {
        packer.use(METRIC, envelope);
      }
      if (alone || !packer.hasRoomFor(length)) {
        packer.complete(sink);
      }
    }
    points.write(type, packer.record(), packer.add(length));
    if (alone || packer.points() == limits.maxPointsPerRecord()) {
      packer.complete(sink);
    }
    return true;
  }

  private void encodeReduced(
      MetricData metric, MetricDataType type, PointData metricPoint, RecordSink sink) {
    int length = points.measure(type, metricPoint, /* withExemplars= */ false);
    if (!metricPoint.getExemplars().isEmpty() && place(type, length, metricEnvelope, sink)) {
      sink.onPointReduced(metric, metricPoint, /* withoutDescription= */ false);
      return;
    }
    if (!packer.isUsed(METRIC, undescribedMetricEnvelope)) {
      envelopes.metricWithoutDescription(undescribedMetricEnvelope, metric);
    }
    if (place(type, length, undescribedMetricEnvelope, sink)) {
      sink.onPointReduced(metric, metricPoint, /* withoutDescription= */ true);
      return;
    }
    int recordLength = packer.lengthAlone(undescribedMetricEnvelope, length);
    boolean measured = recordLength < ProtoWriter.MEASURE_LIMIT;
    sink.onPointTooLarge(metric, metricPoint, measured ? recordLength : Integer.MAX_VALUE);
  }
}
