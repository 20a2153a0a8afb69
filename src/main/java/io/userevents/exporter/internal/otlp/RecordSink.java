// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import org.agrona.DirectBuffer;

/**
 * A receiver of the records that {@link RecordEncoder#encode} makes of an export, on the thread
 * that called it. Every point of the export is counted in exactly one call of {@link #onRecord} or
 * {@link #onPointTooLarge}.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public interface RecordSink {

  /**
   * Receives a record, which is one complete {@code ExportMetricsServiceRequest}.
   *
   * @param buffer buffer with the record, valid only during the call
   * @param offset offset of the first byte
   * @param length length in bytes, 1 to the encoder's limit
   * @param points number of points in the record, 1 or more
   */
  void onRecord(DirectBuffer buffer, int offset, int length, int points);

  /**
   * Receives the cuts of a resource, a scope or a metric's header that is longer than its budget.
   * The call comes before the first record that has it, each time that it is encoded, which is once
   * as long as the cache keeps it.
   *
   * @param reduction the cuts
   */
  void onEnvelopeReduced(EnvelopeReduction reduction);

  /**
   * Receives a point that is not whole in its record, because it does not fit into a record of its
   * own with its exemplars, or not even without them. The call comes before or after the one with
   * the record.
   *
   * @param metric the metric of the point
   * @param point the point
   * @param withoutDescription whether the description of its metric was also left out
   */
  void onPointReduced(MetricData metric, PointData point, boolean withoutDescription);

  /**
   * Receives a point that is in no record, because it does not fit into a separate record, not even
   * without exemplars and description.
   *
   * @param metric the metric of the point
   * @param point the point
   * @param encodedLength length in bytes of the record that it would need; {@link
   *     Integer#MAX_VALUE} if more than 16 MiB, or if attributes are nested more deeply than
   *     protobuf decoders accept
   */
  void onPointTooLarge(MetricData metric, PointData point, int encodedLength);
}
