// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import java.util.Locale;

/** The kind of a metric. */
public enum Kind {
  /** A sum that only grows. */
  COUNTER,
  /** A sum that goes up and down. */
  UP_DOWN_COUNTER,
  /** A value at a moment. */
  GAUGE,
  /** A histogram with explicit or exponential buckets. */
  HISTOGRAM,
  /** Quantiles that the application has estimated. */
  SUMMARY;

  /** Returns the text for people and for JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Returns whether it counts values. */
  public boolean isDistribution() {
    return this == HISTOGRAM || this == SUMMARY;
  }
}
