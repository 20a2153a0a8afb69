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
 * <p>Records of several points are no longer than the packed length. A point that does not fit into
 * such a record goes alone into one up to the maximum. If it does not fit into that either, it is
 * tried without its exemplars, then without the description of its metric as well, and is then
 * reported to the sink. A resource, scope or metric header that is longer than its budget is cut,
 * so that it does not take the room of the points; the sink is told. No record is ever longer than
 * the limit.
 *
 * <p>What recurs in every export (resources, scopes, metric headers, attribute sets) is encoded
 * once and then copied, as long as there is room for it; an {@link Attributes} or {@link Resource}
 * that changes after it was first exported keeps its first bytes.
 *
 * <p>Not thread-safe: confined to one thread at a time. Reusable, and made to be reused: it keeps
 * its buffers, about ten times the limit, and the cache.
 */
public final class RecordEncoder {

  private final EncoderLimits limits;

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
   * @param limits of records
   * @param excluded attributes of resources that are left out
   * @param cacheMemory limit of what the cache may take in bytes, 0 or more; 0 encodes everything
   *     anew each time
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

  /** One limit for all records; no attribute is excluded. For tests and benchmarks. */
  RecordEncoder(int maxRecordLength, int maxPointsPerRecord, int cacheMemory) {
    this(
        new EncoderLimits(maxRecordLength, maxRecordLength, maxPointsPerRecord),
        NamePatterns.NONE,
        cacheMemory);
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
    // Not by equals, which may take any time with what applications put into attributes.
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
   * Writes the measured point into this record, the next one, or one that it has alone. Returns
   * false if it fits into none.
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
