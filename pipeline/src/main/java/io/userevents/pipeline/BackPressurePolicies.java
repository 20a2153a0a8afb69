// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Creates the policies that come with the pipeline. Every policy may be shared among pipelines.
 *
 * @since 0.1.0
 */
public final class BackPressurePolicies {

  private static final BackPressurePolicy DROP = new DropAtOnce();

  private BackPressurePolicies() {}

  /**
   * {@return the default policy, which drops the record at once, so that the publisher never waits}
   */
  public static BackPressurePolicy drop() {
    return DROP;
  }

  /**
   * Returns a policy that spins, tries again after each spin, and then drops the record. It never
   * gives up the CPU.
   *
   * @param maxSpins number of spins, at least 1; each takes some tens of nanoseconds
   * @return the policy
   * @throws IllegalArgumentException if the number is less than 1
   */
  public static BackPressurePolicy spinThenDrop(int maxSpins) {
    return new SpinThenDrop(maxSpins);
  }

  /**
   * Returns a policy that waits for at most this long, and then drops the record. It spins first,
   * then yields, then parks for up to 100 µs at a time, so it may return that much later. Parking
   * is a system call. An interrupted thread does not wait; it stays interrupted.
   *
   * @param maxWait longest wait, more than 0
   * @return the policy
   * @throws IllegalArgumentException if the wait is not more than 0
   */
  public static BackPressurePolicy waitThenDrop(Duration maxWait) {
    return new WaitThenDrop(requireNonNull(maxWait, "maxWait"));
  }

  /**
   * Returns a policy that waits until there is a slot. It <strong>blocks the publisher</strong> for
   * as long as the kernel holds up the consumer. It drops the record only when the pipeline is
   * closed, the listener detaches, or the thread is interrupted. It waits in the same way as {@link
   * #waitThenDrop}.
   *
   * @return the policy
   */
  public static BackPressurePolicy waitUnbounded() {
    return new WaitThenDrop();
  }

  /**
   * Returns a policy that drops records at once, and less important records earlier. A record of
   * priority <i>p</i> is dropped if the ring is filled to {@code fillLimits[p]} or more. With
   * {@code dropByPriority(0.5, 0.9, 1)}, records of priority 0 may fill half of the ring, records
   * of priority 1 nine tenths of it, and records of priority 2 all of it.
   *
   * @param fillLimits at least one fraction, each more than 0 and at most 1, in ascending order. A
   *     priority below 0 counts as 0, and one beyond the last limit counts as the last
   * @return the policy
   * @throws IllegalArgumentException if there is no limit, or the limits are not in range or not
   *     ascending
   */
  public static BackPressurePolicy dropByPriority(double... fillLimits) {
    return new DropByPriority(fillLimits);
  }
}
