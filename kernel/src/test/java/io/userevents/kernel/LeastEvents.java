// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import com.google.protobuf.CodedOutputStream;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import java.util.List;

/**
 * A lower bound for the number of events of any encoder.
 *
 * <p>An event decodes alone: besides points it has at least one envelope, which is resource, scope
 * and the metric's header. At most {@code limit} minus the shortest envelope of an event's bytes
 * are therefore points, and all points must be sent. Points cannot be split over events, and the
 * lengths in an envelope take more bytes when there are points in it. The bound ignores both, so
 * even the best packing may need a few events more.
 */
final class LeastEvents {

  private LeastEvents() {}

  /**
   * @param parts everything that must be sent
   * @param limit of an event in bytes
   */
  static long of(List<MetricPart> parts, int limit) {
    long pointBytes = 0;
    int shortestEnvelope = limit;
    for (MetricPart part : parts) {
      for (NumberDataPoint point : part.points()) {
        // Includes the tag and length that a part needs in an event.
        pointBytes += CodedOutputStream.computeMessageSize(Sum.DATA_POINTS_FIELD_NUMBER, point);
      }
      shortestEnvelope = Math.min(shortestEnvelope, part.envelope().getSerializedSize());
    }
    int room = limit - shortestEnvelope;
    return (pointBytes + room - 1) / room;
  }
}
