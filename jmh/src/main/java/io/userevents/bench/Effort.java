// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

/**
 * The time to spend on each figure.
 *
 * @param isFull whether more sizes are measured
 * @param forks number of JVMs for each figure of JMH
 * @param warmUps iterations that are not counted
 * @param iterations iterations that are counted
 * @param iterationMs length of an iteration
 */
record Effort(boolean isFull, int forks, int warmUps, int iterations, int iterationMs) {

  static final Effort QUICK = new Effort(false, 1, 4, 10, 300);
  static final Effort FULL = new Effort(true, 3, 5, 5, 1000);

  /** The time to start and end a JVM that JMH forks. */
  private static final int FORK_MS = 1500;

  /** Returns the estimated seconds for this many figures of JMH. */
  long jmhSeconds(int figures) {
    long forkMs = FORK_MS + (long) (warmUps + iterations) * iterationMs;
    return (long) figures * forks * forkMs / 1000;
  }
}
