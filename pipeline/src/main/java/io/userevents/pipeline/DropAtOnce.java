// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Drops a record that finds no slot, without a wait. */
final class DropAtOnce implements BackPressurePolicy {

  @Override
  public Decision onBackPressure(BackPressure pressure) {
    return Decision.DROP;
  }

  @Override
  public String toString() {
    return "drop";
  }
}
