// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import org.agrona.DirectBuffer;

/**
 * Takes what {@link RecordEncoder#encode} makes of an export, on the thread that called it. Every
 * point of the export is counted in exactly one call of {@link #onRecord} or {@link
 * #onPointTooLarge}.
 */
public interface RecordSink {

  /**
   * A record: one complete {@code ExportMetricsServiceRequest}.
   *
   * @param buffer valid during the call only
   * @param offset of the first byte
   * @param length in bytes, 1 to the encoder's limit
   * @param points in the record, 1 or more
   */
  void onRecord(DirectBuffer buffer, int offset, int length, int points);

  /**
   * A resource, a scope or a metric's header that is longer than its budget, so that its records
   * have less than all of it. Called before the first of them, each time when it is encoded: once
   * as long as the cache keeps it.
   */
  void onEnvelopeReduced(EnvelopeReduction reduction);

  /**
   * A point that is in a record, but less than whole: it does not fit into one of its own with its
   * exemplars, or not even without them. The record was handed over just before, or is still to
   * come.
   *
   * @param withoutDescription whether the description of its metric was left out as well
   */
  void onPointReduced(MetricData metric, PointData point, boolean withoutDescription);

  /**
   * A point that is in no record: it does not fit into one of its own, not even without exemplars
   * and description.
   *
   * @param encodedLength in bytes of the record it would need; {@link Integer#MAX_VALUE} if more
   *     than 16 MiB, or if attributes are nested more deeply than protobuf decoders accept
   */
  void onPointTooLarge(MetricData metric, PointData point, int encodedLength);
}
