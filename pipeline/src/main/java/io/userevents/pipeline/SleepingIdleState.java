// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Holds what {@link SleepingIdle} writes, off the cache lines of other objects. Consumer's. */
class SleepingIdleState extends ConsumerPadding {

  /** Kept from one idle cycle to the next: only work makes an idle consumer busy again. */
  int attempts;

  long parkNs;
  long maxLullNs;

  /** How long it sleeps after the next burst. */
  long burstParkNs;

  /** For how long nothing has come: the time of the parks, which are longer on a busy machine. */
  long idleNs;

  boolean wasAttached;

  /** The end of a burst after which it has gone to sleep for long. */
  long sleptAfter = WakeUp.NO_BURST;
}
