// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

/**
 * Copies events into a batch, and appends attributes to the resource of each ResourceMetrics.
 *
 * <p>An event is one or more ExportMetricsServiceRequests, whose bytes follow one another. Protobuf
 * reads concatenated messages as one request, so a batch is the concatenation of its events. To
 * append attributes, the copy of a ResourceMetrics gets a second field {@code resource} at its end.
 * A protobuf parser merges the two fields: attributes are a repeated field, so the result has the
 * attributes of both. Points are not read.
 *
 * <pre>
 *   event      [tag 1][length    ][resource][scope_metrics ...]
 *   in batch   [tag 1][length + n][resource][scope_metrics ...][tag 1][length][attributes]
 * </pre>
 *
 * <p>Not thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EventCopier {

  /** The event is not a request in protobuf, as far as it was read. */
  public static final int MALFORMED = -1;

  /** The target has no room for the event. */
  public static final int NO_ROOM = -2;

  /** The event has so many resources that the attributes would make it many times as long. */
  public static final int TOO_MANY_RESOURCES = -3;

  /** The factor by which an event may grow, beyond {@link #FREE_GROWTH}. */
  static final int MAX_GROWTH = 16;

  static final int FREE_GROWTH = 16 << 10;

  private final Fields request = new Fields();
  private final Fields resourceMetrics = new Fields();

  /**
   * Copies one event.
   *
   * @param event the array in which {@code length} bytes from {@code eventOffset} on are the event
   * @param resource a Resource message with the attributes to append; empty to append none
   * @param offset position in the target at which to write
   * @param limit position in the target before which the copy must end
   * @return the position after the copy; or {@link #MALFORMED}, {@link #NO_ROOM} or {@link
   *     #TOO_MANY_RESOURCES}, and then the target's bytes from offset on are undefined
   */
  public int copy(
      byte[] event,
      int eventOffset,
      int length,
      byte[] resource,
      byte[] target,
      int offset,
      int limit) {
    int position = offset;
    long maxEnd = offset + length + FREE_GROWTH + (long) MAX_GROWTH * length;
    request.wrap(event, eventOffset, eventOffset + length);
    while (request.next()) {
      if (request.isMessage(OtlpFields.REQUEST_RESOURCE_METRICS) && hasMetrics(event)) {
        position = appendWith(resource, event, target, position, limit);
      } else {
        position = append(event, request.fieldStart(), request.valueEnd(), target, position, limit);
      }
      if (position < 0) {
        return position;
      }
      if (position > maxEnd) {
        return TOO_MANY_RESOURCES;
      }
    }
    return request.isMalformed() ? MALFORMED : position;
  }

  /**
   * Returns whether the ResourceMetrics has any metrics. Without metrics, it needs no attributes.
   */
  private boolean hasMetrics(byte[] event) {
    resourceMetrics.wrap(event, request.valueStart(), request.valueEnd());
    while (resourceMetrics.next()) {
      if (!resourceMetrics.isMessage(OtlpFields.RESOURCE_METRICS_RESOURCE)
          && resourceMetrics.isLengthDelimited()
          && resourceMetrics.valueLength() > 0) {
        return true;
      }
    }
    return false;
  }

  /** Appends the ResourceMetrics at the cursor. */
  private int appendWith(byte[] resource, byte[] event, byte[] target, int offset, int limit) {
    int length = request.valueLength();
    int added = resource.length == 0 ? 0 : 1 + Varint.size(resource.length) + resource.length;
    int newLength = length + added;
    if (1 + Varint.size(newLength) + newLength > limit - offset) {
      return NO_ROOM;
    }
    int position = offset;
    target[position++] = OtlpFields.tag(OtlpFields.REQUEST_RESOURCE_METRICS);
    position = Varint.write(newLength, target, position);
    System.arraycopy(event, request.valueStart(), target, position, length);
    position += length;
    if (added > 0) {
      target[position++] = OtlpFields.tag(OtlpFields.RESOURCE_METRICS_RESOURCE);
      position = Varint.write(resource.length, target, position);
      System.arraycopy(resource, 0, target, position, resource.length);
      position += resource.length;
    }
    return position;
  }

  private static int append(
      byte[] event, int start, int end, byte[] target, int offset, int limit) {
    int length = end - start;
    if (length > limit - offset) {
      return NO_ROOM;
    }
    System.arraycopy(event, start, target, offset, length);
    return offset + length;
  }
}
