// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/**
 * The batches that a spool lost, by cause. Immutable.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param full batches dropped, oldest first, to stay below the size limit
 * @param damaged batches whose bytes on disk are not those that were written, or are gone
 */
public record SpoolLosses(SpoolLoss full, SpoolLoss damaged) {

  /** Nothing was lost. */
  public static final SpoolLosses NONE = new SpoolLosses(SpoolLoss.NONE, SpoolLoss.NONE);

  /** Returns whether nothing was lost. */
  public boolean isNone() {
    return full.isNone() && damaged.isNone();
  }
}
