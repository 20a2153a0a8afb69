// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Holds the fields that {@link SleepingIdle} writes, away from the cache lines of other objects.
 * Only the consumer uses it.
 */
class SleepingIdleState extends ConsumerPadding {

  /**
   * The number of idle cycles, kept from one to the next because only work makes an idle consumer
   * busy again.
   */
  int attempts;

  long parkNs;
  long maxLullNs;

  /** How long the consumer sleeps after the next burst. */
  long burstParkNs;

  /**
   * For how long no record has come, as the sum of the parks, which are longer on a busy machine.
   */
  long idleNs;

  boolean wasAttached;

  /** The end of the burst after which the last long sleep began. */
  long sleptAfter = WakeUp.NO_BURST;
}
