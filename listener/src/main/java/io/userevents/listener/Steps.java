// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The steps of a shutdown, in order. A step that fails does not prevent the other steps, and the
 * next run tries it again. Not thread-safe.
 */
final class Steps {

  /** The remaining steps. Each returns whether it is done. */
  private final List<BooleanSupplier> left;

  Steps(List<BooleanSupplier> steps) {
    left = new ArrayList<>(steps);
  }

  /**
   * Runs the remaining steps.
   *
   * @return whether all steps are done
   * @throws RuntimeException (or an Error) that a step threw. It is thrown after all steps have
   *     been tried. It is the first one, and the others are suppressed in it.
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
