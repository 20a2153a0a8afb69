// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A measured number.
 *
 * @param subject the thing that was measured, as tables and plots name it
 * @param variant the value of the parameter, such as a number of threads; empty if there is none
 * @param value in the unit of the section
 * @param error half of the interval in which the mean lies with 99.9 % confidence, or half of the
 *     range of the values if there are few; NaN if only one was measured
 * @param bytes bytes that an operation allocates; null if they were not measured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Figure(String subject, String variant, double value, double error, @Nullable Double bytes) {

  /** Returns the quotient of this figure and another one, with the error that follows from both. */
  Ratio dividedBy(Figure other) {
    double ratio = value / other.value;
    double relative = Math.hypot(error / value, other.error / other.value);
    return new Ratio(ratio, ratio * relative);
  }

  /**
   * A quotient of two figures.
   *
   * @param error error of the quotient; NaN if a figure has none
   */
  record Ratio(double value, double error) {

    /** Returns whether the error leaves open which of the two figures is larger. */
    boolean isOpen() {
      return Math.abs(value - 1) <= error;
    }

    Ratio inverse() {
      return new Ratio(1 / value, error / (value * value));
    }
  }
}
