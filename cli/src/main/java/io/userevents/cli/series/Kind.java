// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import java.util.Locale;

/** Kind of a metric. */
public enum Kind {
  /** A sum that only grows. */
  COUNTER,
  /** A sum that goes up and down. */
  UP_DOWN_COUNTER,
  /** A value of a moment. */
  GAUGE,
  /** With explicit or exponential buckets. */
  HISTOGRAM,
  /** Quantiles that the application has estimated. */
  SUMMARY;

  /** For people and for JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Whether it counts values. */
  public boolean isDistribution() {
    return this == HISTOGRAM || this == SUMMARY;
  }
}
