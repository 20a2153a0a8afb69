// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import com.google.protobuf.CodedOutputStream;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import java.util.List;

/**
 * A number of events that no encoder can do with less of.
 *
 * <p>An event decodes alone: besides points it has at least one envelope, which is resource, scope
 * and the metric's header. So of an event's bytes at most {@code limit} less the shortest of all
 * envelopes are points, and all points are to be carried. Points cannot be split over events, and
 * the lengths in an envelope take more bytes when there are points in it; the bound knows of
 * neither, so that even the best packing may need somewhat more.
 */
final class LeastEvents {

  private LeastEvents() {}

  /**
   * @param parts all that is to be carried
   * @param limit of an event in bytes
   */
  static long of(List<MetricPart> parts, int limit) {
    long pointBytes = 0;
    int shortestEnvelope = limit;
    for (MetricPart part : parts) {
      for (NumberDataPoint point : part.points()) {
        // With its tag and length, without which it cannot be in an event.
        pointBytes += CodedOutputStream.computeMessageSize(Sum.DATA_POINTS_FIELD_NUMBER, point);
      }
      shortestEnvelope = Math.min(shortestEnvelope, part.envelope().getSerializedSize());
    }
    int room = limit - shortestEnvelope;
    return (pointBytes + room - 1) / room;
  }
}
