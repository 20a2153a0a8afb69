// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.Arrays;

/** Keeps slots free for records of a higher priority, and drops records without a wait. */
final class DropByPriority implements BackPressurePolicy {

  private final double[] fillLimits;

  DropByPriority(double... fillLimits) {
    this.fillLimits = fillLimits.clone();
    double previous = 0;
    for (double limit : this.fillLimits) {
      // The condition is written so that NaN fails.
      if (!(limit > 0 && limit <= 1 && limit >= previous)) {
        throw new IllegalArgumentException(
            "fillLimits must be more than 0, at most 1, and ascending: fillLimits="
                + Arrays.toString(fillLimits));
      }
      previous = limit;
    }
    if (fillLimits.length == 0) {
      throw new IllegalArgumentException("fillLimits must be at least one: fillLimits=[]");
    }
  }

  @Override
  public int reservedSlots(int priority, int ringSlots) {
    double limit = fillLimits[Math.max(0, Math.min(priority, fillLimits.length - 1))];
    // At least one record of each priority fits into an empty ring.
    return ringSlots - Math.max(1, (int) (limit * ringSlots));
  }

  @Override
  public Decision onBackPressure(BackPressure pressure) {
    return Decision.DROP;
  }

  @Override
  public String toString() {
    return "dropByPriority" + Arrays.toString(fillLimits);
  }
}
