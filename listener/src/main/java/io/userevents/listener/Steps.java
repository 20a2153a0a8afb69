// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The steps of an end, in their order. A step that fails keeps none of the others from being done,
 * and is tried again by the next run. Not thread-safe.
 */
final class Steps {

  /** What has yet to be done; each returns whether it is done. */
  private final List<BooleanSupplier> left;

  Steps(List<BooleanSupplier> steps) {
    left = new ArrayList<>(steps);
  }

  /**
   * Does those that are left.
   *
   * @return whether all are done
   * @throws RuntimeException like any Error, if a step throws it: the first, with the others as
   *     suppressed ones, when all steps have been tried
   */
  boolean run() {
    Throwable failure = null;
    Iterator<BooleanSupplier> steps = left.iterator();
    while (steps.hasNext()) {
      try {
        if (steps.next().getAsBoolean()) {
          steps.remove();
        }
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    return left.isEmpty();
  }
}
