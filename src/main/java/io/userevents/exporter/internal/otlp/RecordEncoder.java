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
 * <p>Fields are written in the order of their numbers; what is written and what is left out as a
 * default is as in the OTLP exporters of OpenTelemetry Java.
 *
 * <p>A point that does not fit into a record of its own is tried without its exemplars, then
 * without the description of its metric as well, and is then reported to the sink. No record is
 * ever longer than the limit.
 *
 * <p>What recurs in every export (resources, scopes, metric headers, attribute sets) is encoded
 * once and then copied, as long as there is room for it; an {@link Attributes} or {@link Resource}
 * that changes after it was first exported keeps its first bytes.
 *
 * <p>Not thread-safe: confined to one thread at a time. Reusable, and made to be reused: it keeps
 * its buffers, about ten times the limit, and the cache.
 */
public final class RecordEncoder {

  /** In bytes. No tracepoint takes as much; it bounds the buffers. */
  public static final int MAX_RECORD_LENGTH_LIMIT = 1 << 20;

  private final int maxRecordLength;
  private final int maxPointsPerRecord;

  private final EncodedCache cache;
  private final EnvelopeEncoder envelopes;
  private final PointEncoder points;

  private Envelope resourceEnvelope;
  private Envelope nextResourceEnvelope;
  private Envelope scopeEnvelope;
  private Envelope nextScopeEnvelope;
  private final Envelope metricEnvelope;
  private final Envelope undescribedMetricEnvelope;
  private final Envelope kindEnvelope;
  private final RecordPacker packer;

  /** Bound once, since the collections of the SDK have no way to walk them without garbage else. */
  private final Consumer<MetricData> encodeMetric = this::encodeMetric;

  /** During an export. */
  private @Nullable RecordSink sink;

  private @Nullable Resource resource;
  private @Nullable InstrumentationScopeInfo scope;

  /**
   * @param maxRecordLength limit of one record in bytes, 1 to {@link #MAX_RECORD_LENGTH_LIMIT}
   * @param maxPointsPerRecord 1 or more; 1 gives every point a record of its own, {@link
   *     Integer#MAX_VALUE} packs as many as fit
   * @param cacheMemory limit of what the cache may take in bytes, 0 or more; 0 encodes everything
   *     anew each time
   * @throws IllegalArgumentException if one of them is out of range
   */
  public RecordEncoder(int maxRecordLength, int maxPointsPerRecord, int cacheMemory) {
    if (maxRecordLength < 1 || maxRecordLength > MAX_RECORD_LENGTH_LIMIT) {
      throw new IllegalArgumentException(
          "maxRecordLength=" + maxRecordLength + " not in 1.." + MAX_RECORD_LENGTH_LIMIT);
    }
    if (maxPointsPerRecord < 1) {
      throw new IllegalArgumentException("maxPointsPerRecord=" + maxPointsPerRecord + " below 1");
    }
    if (cacheMemory < 0) {
      throw new IllegalArgumentException("cacheMemory=" + cacheMemory + " below 0");
    }
    this.maxRecordLength = maxRecordLength;
    this.maxPointsPerRecord = maxPointsPerRecord;
    AttributesEncoder attributes = new AttributesEncoder();
    this.cache = new EncodedCache(cacheMemory);
    this.envelopes = new EnvelopeEncoder(attributes, cache);
    this.points = new PointEncoder(attributes, cache, maxRecordLength);
    this.resourceEnvelope = new Envelope(maxRecordLength);
    this.nextResourceEnvelope = new Envelope(maxRecordLength);
    this.scopeEnvelope = new Envelope(maxRecordLength);
    this.nextScopeEnvelope = new Envelope(maxRecordLength);
    this.metricEnvelope = new Envelope(maxRecordLength);
    this.undescribedMetricEnvelope = new Envelope(maxRecordLength);
    this.kindEnvelope = new Envelope(maxRecordLength);
    this.packer =
        new RecordPacker(
            maxRecordLength, resourceEnvelope, scopeEnvelope, metricEnvelope, kindEnvelope);
  }

  /**
   * Encodes all points and hands them to the sink, in order. Returns when the last record was
   * handed over. If the sink or a metric throws, the points not yet handed over are forgotten, and
   * the next call starts afresh.
   */
  public void encode(Collection<? extends MetricData> metrics, RecordSink sink) {
    requireNonNull(metrics, "metrics");
    requireNonNull(sink, "sink");
    packer.discard();
    cache.beginExport();
    // What the envelopes are made of may have been moved by the cache.
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

  /** For tests. */
  EncodedCache cache() {
    return cache;
  }

  private void encodeMetric(MetricData metric) {
    Collection<? extends PointData> metricPoints = metric.getData().getPoints();
    if (!metricPoints.isEmpty()) {
      enterMetric(metric);
      encodePoints(metric, metricPoints, requireNonNull(sink, "sink"));
    }
  }

  private void enterMetric(MetricData metric) {
    packer.use(METRIC, metricEnvelope);
    enterResource(metric.getResource());
    enterScope(metric.getInstrumentationScopeInfo());
    envelopes.metric(metricEnvelope, metric);
    envelopes.kind(kindEnvelope, metric);
  }

  private void enterResource(Resource next) {
    if (next == resource) {
      return;
    }
    boolean isFirst = resource == null;
    envelopes.resourceMetrics(nextResourceEnvelope, next);
    resource = next;
    // Not by equals, which may take any time with what applications put into attributes.
    if (isFirst || !nextResourceEnvelope.contentEquals(resourceEnvelope)) {
      Envelope last = resourceEnvelope;
      resourceEnvelope = nextResourceEnvelope;
      nextResourceEnvelope = last;
      packer.use(RESOURCE, resourceEnvelope);
    }
  }

  private void enterScope(InstrumentationScopeInfo next) {
    if (next == scope) {
      return;
    }
    boolean isFirst = scope == null;
    envelopes.scopeMetrics(nextScopeEnvelope, next);
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
      for (int i = 0, size = list.size(); i < size; i++) {
        encodePoint(metric, type, list.get(i), sink);
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
   * Writes the measured point into this record or the next one. Returns false if it fits into none.
   */
  private boolean place(MetricDataType type, int length, Envelope envelope, RecordSink sink) {
    if (!packer.isUsed(METRIC, envelope) || !packer.hasRoomFor(length)) {
      if (packer.lengthAlone(envelope, length) > maxRecordLength) {
        return false;
      }
      if (!packer.isUsed(METRIC, envelope)) {
        packer.use(METRIC, envelope);
      }
      if (!packer.hasRoomFor(length)) {
        packer.complete(sink);
      }
    }
    points.write(type, packer.record(), packer.add(length));
    if (packer.points() == maxPointsPerRecord) {
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
