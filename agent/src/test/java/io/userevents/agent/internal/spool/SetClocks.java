// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/** Clocks that a test sets. */
final class SetClocks implements Clocks {

  long wallMs;
  long monotonicNs;

  SetClocks(long wallMs) {
    this.wallMs = wallMs;
  }

  /** Lets time pass on both clocks. */
  void pass(long ms) {
    wallMs += ms;
    monotonicNs += ms * 1_000_000;
  }

  @Override
  public long wallMs() {
    return wallMs;
  }

  @Override
  public long monotonicNs() {
    return monotonicNs;
  }
}
