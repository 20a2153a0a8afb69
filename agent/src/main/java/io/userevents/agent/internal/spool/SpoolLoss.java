// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/**
 * The batches that a spool lost for one cause. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param batches number of lost batches; at least one for each stretch of {@code uncounted}
 * @param events events in them, without those of {@code uncounted}
 * @param bytes bytes of disk space that they took
 * @param uncounted stretches of damaged bytes at the end or the beginning of a spool with an
 *     unknown number of batches and events; each is counted as one batch without events
 */
public record SpoolLoss(long batches, long events, long bytes, long uncounted) {

  /** Nothing was lost. */
  public static final SpoolLoss NONE = new SpoolLoss(0, 0, 0, 0);

  /** Returns whether nothing was lost. */
  public boolean isNone() {
    return batches == 0 && events == 0;
  }

  SpoolLoss plus(long moreBatches, long moreEvents, long moreBytes) {
    return moreBatches == 0 && moreEvents == 0
        ? this
        : new SpoolLoss(batches + moreBatches, events + moreEvents, bytes + moreBytes, uncounted);
  }

  SpoolLoss plusUncounted(long moreBytes) {
    return new SpoolLoss(batches + 1, events, bytes + moreBytes, uncounted + 1);
  }
}
