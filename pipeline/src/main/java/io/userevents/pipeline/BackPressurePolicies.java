// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Makes the policies that come with the pipeline. All may be shared among pipelines. */
public final class BackPressurePolicies {

  private static final BackPressurePolicy DROP = new DropAtOnce();

  private BackPressurePolicies() {}

  /** Drops the record at once: the publisher never waits. The default. */
  public static BackPressurePolicy drop() {
    return DROP;
  }

  /**
   * Spins, and asks again each time, then drops. Never gives up the CPU.
   *
   * @param maxSpins how often, at least 1; each takes some tens of nanoseconds
   * @throws IllegalArgumentException if it is less
   */
  public static BackPressurePolicy spinThenDrop(int maxSpins) {
    return new SpinThenDrop(maxSpins);
  }

  /**
   * Waits for at most this long, then drops. Spins first, then yields, then parks for up to 100 µs
   * at a time, so that it may come back later by that much. Parking is a system call. A thread that
   * is interrupted does not wait; it stays interrupted.
   *
   * @param maxWait more than 0
   * @throws IllegalArgumentException if it is not
   */
  public static BackPressurePolicy waitThenDrop(Duration maxWait) {
    return new WaitThenDrop(requireNonNull(maxWait, "maxWait"));
  }

  /**
   * Waits until there is a slot. <strong>Blocks the publisher</strong> for as long as the kernel
   * holds up the consumer; gives up when the pipeline is closed, the listener detaches, or the
   * thread is interrupted, and only then drops. Waits like {@link #waitThenDrop}.
   */
  public static BackPressurePolicy waitUnbounded() {
    return new WaitThenDrop();
  }

  /**
   * Drops at once, and the less important the earlier: a record of priority <i>p</i> is dropped if
   * the ring is filled to {@code fillLimits[p]} or more. With {@code dropByPriority(0.5, 0.9, 1)},
   * records of priority 0 may fill half of the ring, those of priority 1 nine tenths, and those of
   * priority 2 all of it.
   *
   * @param fillLimits as fractions, more than 0 to 1, ascending, at least one; priorities below 0
   *     count as 0, those beyond the last as the last
   * @throws IllegalArgumentException if they are not
   */
  public static BackPressurePolicy dropByPriority(double... fillLimits) {
    return new DropByPriority(fillLimits);
  }
}
