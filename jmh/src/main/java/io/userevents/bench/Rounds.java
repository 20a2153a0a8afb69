// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes a figure from the rounds of a program that does not use JMH. */
final class Rounds {

  private Rounds() {}

  /** Returns the median of the rounds, with half of their range as the error. */
  static Figure figure(String subject, String variant, double[] rounds, @Nullable Double bytes) {
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    double error = sorted.length < 2 ? Double.NaN : (sorted[sorted.length - 1] - sorted[0]) / 2;
    return new Figure(subject, variant, sorted[sorted.length / 2], error, bytes);
  }
}
