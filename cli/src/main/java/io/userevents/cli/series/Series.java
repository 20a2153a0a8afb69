// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** One series and its last minute. Not thread-safe. */
public final class Series {

  /** The number of seconds that are kept. */
  public static final int HISTORY_SECONDS = 60;

  private static final double NS_PER_SECOND = 1e9;

  private final SeriesKey key;
  private final Distribution distribution = new Distribution();

  /** Rate, or value of a gauge, by second; NaN if no point arrived. */
  private final double[] history = new double[HISTORY_SECONDS];

  private Kind kind = Kind.GAUGE;
  private String unit = "";
  private double value = Double.NaN;
  private double sum = Double.NaN;
  private double rate = Double.NaN;
  private long startNs;
  private long timeNs;
  private boolean isDelta;
  private long points;
  private long historySecond = Long.MIN_VALUE;

  Series(SeriesKey key) {
    this.key = key;
    Arrays.fill(history, Double.NaN);
  }

  /**
   * Adds a point.
   *
   * @param nowNs {@link System#nanoTime} of its arrival
   */
  void add(Point point, String pointUnit, long nowNs) {
    kind = point.kind();
    unit = pointUnit;
    rate = kind == Kind.GAUGE ? Double.NaN : rateOf(point);
    boolean isAddedUp = point.isDelta() && points > 0 && isDelta;
    value = isAddedUp ? value + point.value() : point.value();
    sum = isAddedUp ? sum + point.sum() : point.sum();
    if (!isAddedUp) {
      distribution.clear();
    }
    if (point.buckets() != null) {
      point.buckets().addTo(distribution);
    }
    isDelta = point.isDelta();
    startNs = point.startNs();
    timeNs = point.timeNs();
    points++;
    remember(kind == Kind.GAUGE ? value : rate, TimeUnit.NANOSECONDS.toSeconds(nowNs));
  }

  /**
   * Computes the rate from the times in the points, so that a late or stalled reader does not
   * change it.
   */
  private double rateOf(Point point) {
    if (point.isDelta()) {
      return per(point.value(), point.timeNs() - point.startNs(), point.startNs() != 0);
    }
    if (points == 0 || isDelta) {
      return Double.NaN;
    }
    boolean isRestarted =
        point.startNs() != startNs || (kind != Kind.UP_DOWN_COUNTER && point.value() < value);
    return isRestarted
        ? per(point.value(), point.timeNs() - point.startNs(), point.startNs() != 0)
        : per(point.value() - value, point.timeNs() - timeNs, true);
  }

  private static double per(double amount, long ns, boolean isKnown) {
    return isKnown && ns > 0 ? amount / ns * NS_PER_SECOND : Double.NaN;
  }

  private void remember(double newest, long second) {
    forget(second);
    history[Math.floorMod(second, HISTORY_SECONDS)] = newest;
  }

  private void forget(long second) {
    if (historySecond != Long.MIN_VALUE) {
      long oldest = Math.max(historySecond + 1, second - HISTORY_SECONDS + 1);
      for (long passed = oldest; passed <= second; passed++) {
        history[Math.floorMod(passed, HISTORY_SECONDS)] = Double.NaN;
      }
    }
    historySecond = Math.max(historySecond, second);
  }

  /** Returns the key of this series. */
  public SeriesKey key() {
    return key;
  }

  /** Returns the kind of the last point. */
  public Kind kind() {
    return kind;
  }

  /** Returns the unit of the values, which may be empty. The text is safe to show. */
  public String unit() {
    return unit;
  }

  /** Returns the last value, the sum of deltas, or the count of a histogram. */
  public double value() {
    return value;
  }

  /** Returns the sum of a histogram's values; NaN if there is none. */
  public double sum() {
    return sum;
  }

  /**
   * Returns the change per second between the last two points; NaN for a gauge, and until it is
   * known.
   */
  public double rate() {
    return rate;
  }

  /** Returns an estimate of a quantile of a histogram; NaN if it has no buckets. */
  public double quantile(double quantile) {
    return distribution.quantile(quantile);
  }

  /** Returns the number of points. */
  public long points() {
    return points;
  }

  /** Returns the UNIX time of the last point in ns. */
  public long timeNs() {
    return timeNs;
  }

  /**
   * Returns the rates, or a gauge's values, of the last minute, oldest first. A part without points
   * is NaN.
   *
   * @param length number of parts into which the minute is divided, 1 to {@value #HISTORY_SECONDS}
   * @param nowNs {@link System#nanoTime}
   */
  public double[] history(int length, long nowNs) {
    long now = TimeUnit.NANOSECONDS.toSeconds(nowNs);
    forget(now);
    double[] parts = new double[length];
    Arrays.fill(parts, Double.NaN);
    for (int i = 0; i < HISTORY_SECONDS; i++) {
      double at = history[Math.floorMod(now - HISTORY_SECONDS + 1 + i, HISTORY_SECONDS)];
      if (!Double.isNaN(at)) {
        parts[i * length / HISTORY_SECONDS] = at;
      }
    }
    return parts;
  }
}
