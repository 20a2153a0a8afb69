// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

/** Publishes the measurements of one point, or drops them. Any thread may call the methods. */
abstract class PointPublisher {

  /**
   * Publishes a measurement of now.
   *
   * @param valueBits the long, or {@link Double#doubleToRawLongBits}
   * @return whether it is in the ring
   */
  abstract boolean publish(long valueBits);

  /**
   * Publishes a measurement of a given time.
   *
   * @param valueBits the long, or {@link Double#doubleToRawLongBits}
   * @param time any time in nanoseconds since the epoch
   * @return whether it is in the ring
   */
  abstract boolean publish(long valueBits, long time);

  /** Returns its settings. */
  @Override
  public abstract String toString();
}
