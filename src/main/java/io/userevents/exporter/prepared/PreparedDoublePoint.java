// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

/**
 * A point whose value is a double, ready to be published. See {@link PreparedPoints}.
 *
 * <p>Thread-safe. Publishing takes no lock, makes no system call and allocates nothing; whether it
 * waits while the ring is full is up to the pipeline's back-pressure policy. A point of a counter
 * says when its interval began: at the measurement before, or at that of one that was lost. With a
 * point for each thread these intervals never overlap; in one point that several threads publish at
 * once, they may.
 *
 * <p>A value that is not published is gone: the next one does not include it. The pipeline's
 * statistics count it, by cause.
 */
public final class PreparedDoublePoint {

  private final PointPublisher publisher;

  PreparedDoublePoint(PointPublisher publisher) {
    this.publisher = publisher;
  }

  /**
   * Publishes a measurement of now, by the clock that was configured.
   *
   * @return whether it is in the ring; if not, nobody listens, the ring is full, the pipeline is
   *     closed, or a counter was given a value below 0 or not-a-number
   */
  public boolean publish(double value) {
    return publisher.publish(Double.doubleToRawLongBits(value));
  }

  /**
   * Publishes a measurement of a given time.
   *
   * @param epochNanos in nanoseconds since the epoch, any value: it is written as it is
   * @return whether it is in the ring; if not, nobody listens, the ring is full, the pipeline is
   *     closed, or a counter was given a value below 0 or not-a-number
   */
  public boolean publish(double value, long epochNanos) {
    return publisher.publish(Double.doubleToRawLongBits(value), epochNanos);
  }

  @Override
  public String toString() {
    return "PreparedDoublePoint{" + publisher + "}";
  }
}
