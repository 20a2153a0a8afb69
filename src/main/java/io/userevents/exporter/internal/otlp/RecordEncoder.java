// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.RecordPacker.RESOURCE;
import static io.userevents.exporter.internal.otlp.RecordPacker.SCOPE;
import static java.util.Objects.requireNonNull;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Collection;
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
 * <p>Not thread-safe: confined to one thread at a time. Reusable: it keeps its buffers, about eight
 * times the limit, and the last resource and scope.
 */
public final class RecordEncoder {

  /** In bytes. No tracepoint takes as much; it bounds the buffers. */
  public static final int MAX_RECORD_LENGTH_LIMIT = 1 << 20;

  private final int maxRecordLength;
  private final int maxPointsPerRecord;

  private final AttributesEncoder attributes = new AttributesEncoder();
  private final EnvelopeEncoder envelopes = new EnvelopeEncoder(attributes);
  private final PointEncoder points = new PointEncoder(attributes);

  private final Envelope resourceEnvelope;
  private final Envelope scopeEnvelope;
  private final Envelope metricEnvelope;
  private final Envelope undescribedMetricEnvelope;
  private final Envelope kindEnvelope;
  private final ProtoWriter point;
  private final RecordPacker packer;

  private @Nullable Resource resource;
  private @Nullable InstrumentationScopeInfo scope;

  /**
   * @param maxRecordLength limit of one record in bytes, 1 to {@link #MAX_RECORD_LENGTH_LIMIT}
   * @param maxPointsPerRecord 1 or more; 1 gives every point a record of its own, {@link
   *     Integer#MAX_VALUE} packs as many as fit
   * @throws IllegalArgumentException if one of them is out of range
   */
  public RecordEncoder(int maxRecordLength, int maxPointsPerRecord) {
    if (maxRecordLength < 1 || maxRecordLength > MAX_RECORD_LENGTH_LIMIT) {
      throw new IllegalArgumentException(
          "maxRecordLength=" + maxRecordLength + " not in 1.." + MAX_RECORD_LENGTH_LIMIT);
    }
    if (maxPointsPerRecord < 1) {
      throw new IllegalArgumentException("maxPointsPerRecord=" + maxPointsPerRecord + " below 1");
    }
    this.maxRecordLength = maxRecordLength;
    this.maxPointsPerRecord = maxPointsPerRecord;
    this.resourceEnvelope = new Envelope(maxRecordLength);
    this.scopeEnvelope = new Envelope(maxRecordLength);
    this.metricEnvelope = new Envelope(maxRecordLength);
    this.undescribedMetricEnvelope = new Envelope(maxRecordLength);
    this.kindEnvelope = new Envelope(maxRecordLength);
    this.point = new ProtoWriter(maxRecordLength);
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
    for (MetricData metric : metrics) {
      Collection<? extends PointData> metricPoints = metric.getData().getPoints();
      if (!metricPoints.isEmpty()) {
        encodeMetric(metric, metricPoints, sink);
      }
    }
    packer.complete(sink);
  }

  private void encodeMetric(
      MetricData metric, Collection<? extends PointData> metricPoints, RecordSink sink) {
    packer.useMetricEnvelope(metricEnvelope);
    enterResource(metric.getResource());
    enterScope(metric.getInstrumentationScopeInfo());
    envelopes.metric(metricEnvelope, metric, /* withDescription= */ true);
    envelopes.kind(kindEnvelope, metric);
    for (PointData metricPoint : metricPoints) {
      encodePoint(metric, metricPoint, sink);
    }
  }

  private void enterResource(Resource next) {
    if (next.equals(resource)) {
      return;
    }
    packer.leave(RESOURCE);
    resource = null; // If encoding throws, the envelope belongs to no resource.
    envelopes.resourceMetrics(resourceEnvelope, next);
    resource = next;
  }

  private void enterScope(InstrumentationScopeInfo next) {
    if (next.equals(scope)) {
      return;
    }
    packer.leave(SCOPE);
    scope = null;
    envelopes.scopeMetrics(scopeEnvelope, next);
    scope = next;
  }

  private void encodePoint(MetricData metric, PointData metricPoint, RecordSink sink) {
    point.reset();
    points.encode(point, metric.getType(), metricPoint, /* withExemplars= */ true);
    if (place(sink)) {
      return;
    }
    if (!metricPoint.getExemplars().isEmpty()) {
      point.reset();
      points.encode(point, metric.getType(), metricPoint, /* withExemplars= */ false);
      if (place(sink)) {
        return;
      }
    }
    placeWithoutDescription(metric, metricPoint, sink);
  }

  /**
   * Puts the encoded point into this record or the next one. Returns false if it fits into none.
   */
  private boolean place(RecordSink sink) {
    if (packer.lengthWith(point.length()) > maxRecordLength) {
      if (packer.lengthAlone(metricEnvelope, point.length()) > maxRecordLength) {
        return false;
      }
      packer.complete(sink);
    }
    packer.add(point.buffer(), point.offset(), point.length());
    if (packer.points() == maxPointsPerRecord) {
      packer.complete(sink);
    }
    return true;
  }

  private void placeWithoutDescription(MetricData metric, PointData metricPoint, RecordSink sink) {
    envelopes.metric(undescribedMetricEnvelope, metric, /* withDescription= */ false);
    int recordLength = packer.lengthAlone(undescribedMetricEnvelope, point.length());
    if (recordLength > maxRecordLength) {
      boolean measured = recordLength < ProtoWriter.MEASURE_LIMIT;
      sink.onPointTooLarge(metric, metricPoint, measured ? recordLength : Integer.MAX_VALUE);
      return;
    }
    packer.complete(sink);
    packer.useMetricEnvelope(undescribedMetricEnvelope);
    packer.add(point.buffer(), point.offset(), point.length());
    packer.complete(sink);
    packer.useMetricEnvelope(metricEnvelope);
  }
}
