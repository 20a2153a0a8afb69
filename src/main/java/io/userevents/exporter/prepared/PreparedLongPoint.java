// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

/**
 * A point whose value is a long, ready to be published. See {@link PreparedPoints}.
 *
 * <p>Any thread may call the methods. Publishing takes no lock, makes no system call and allocates
 * nothing. The pipeline's back-pressure policy decides whether it waits while the ring is full. A
 * point of a counter states when its interval began: at the time of the measurement before,
 * published or lost. If each thread has its own point, these intervals never overlap; they may
 * overlap if several threads publish one point concurrently.
 *
 * <p>A value that is not published is lost: the next one does not include it. The pipeline's
 * statistics count it by cause.
 *
 * @since 0.1.0
 */
public final class PreparedLongPoint {

  private final PointPublisher publisher;

  PreparedLongPoint(PointPublisher publisher) {
    this.publisher = publisher;
  }

  /**
   * Publishes a measurement with the current time of the clock that was set.
   *
   * @param value the value
   * @return whether the measurement is in the ring. If not, no listener is attached, the ring is
   *     full, the pipeline is closed, or the value of a counter is below 0
   */
  public boolean publish(long value) {
    return publisher.publish(value);
  }

  /**
   * Publishes a measurement with a given time.
   *
   * @param value the value
   * @param epochNanos time in nanoseconds since the epoch; any value is written unchanged
   * @return whether the measurement is in the ring. If not, no listener is attached, the ring is
   *     full, the pipeline is closed, or the value of a counter is below 0
   */
  public boolean publish(long value, long epochNanos) {
    return publisher.publish(value, epochNanos);
  }

  @Override
  public String toString() {
    return "PreparedLongPoint{" + publisher + "}";
  }
}
