// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Never waits. */
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
