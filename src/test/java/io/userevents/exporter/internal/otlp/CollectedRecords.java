// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.agrona.DirectBuffer;

/** A sink that keeps everything. */
final class CollectedRecords implements RecordSink {

  record Reduced(MetricData metric, PointData point, boolean withoutDescription) {

    /** Whether it is these, not only equal ones. */
    boolean isAbout(MetricData metric, PointData point) {
      return this.metric == metric && this.point == point;
    }
  }

  record TooLarge(MetricData metric, PointData point, int encodedLength) {

    /** Whether it is these, not only equal ones. */
    boolean isAbout(MetricData metric, PointData point) {
      return this.metric == metric && this.point == point;
    }
  }

  static final int CACHE_MEMORY = 1 << 16;

  final List<byte[]> records = new ArrayList<>();
  final List<Integer> pointCounts = new ArrayList<>();
  final List<EnvelopeReduction> envelopes = new ArrayList<>();
  final List<Reduced> reduced = new ArrayList<>();
  final List<TooLarge> tooLarge = new ArrayList<>();

  static CollectedRecords encode(
      int maxRecordLength, int maxPointsPerRecord, Collection<MetricData> metrics) {
    return encode(new EncoderLimits(maxRecordLength, maxRecordLength, maxPointsPerRecord), metrics);
  }

  static CollectedRecords encode(EncoderLimits limits, Collection<MetricData> metrics) {
    CollectedRecords sink = new CollectedRecords();
    new RecordEncoder(limits, NamePatterns.NONE, CACHE_MEMORY).encode(metrics, sink);
    return sink;
  }

  /** The bytes of metrics that are expected to become one record. */
  static byte[] encodeToOne(MetricData... metrics) {
    CollectedRecords sink = encode(EncoderLimits.HIGHEST, Integer.MAX_VALUE, List.of(metrics));
    if (sink.records.size() != 1 || !sink.tooLarge.isEmpty()) {
      throw new AssertionError(
          "records=" + sink.records.size() + " tooLarge=" + sink.tooLarge.size());
    }
    return sink.records.get(0);
  }

  List<ExportMetricsServiceRequest> decoded() throws InvalidProtocolBufferException {
    List<ExportMetricsServiceRequest> requests = new ArrayList<>();
    for (byte[] bytes : records) {
      requests.add(ExportMetricsServiceRequest.parseFrom(bytes));
    }
    return requests;
  }

  @Override
  public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    records.add(bytes);
    pointCounts.add(points);
  }

  @Override
  public void onEnvelopeReduced(EnvelopeReduction reduction) {
    envelopes.add(reduction);
  }

  @Override
  public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
    reduced.add(new Reduced(metric, point, withoutDescription));
  }

  @Override
  public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
    tooLarge.add(new TooLarge(metric, point, encodedLength));
  }
}
