// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import io.userevents.cli.console.Json;
import io.userevents.cli.console.Text;
import io.userevents.cli.series.Series;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Formats a series: values for people, and JSON objects for programs. */
public final class SeriesText {

  private static final double[] QUANTILES = {0.5, 0.9, 0.99};

  private static final int METRIC_WIDTH = 30;
  private static final int VALUE_WIDTH = 14;
  private static final int RATE_WIDTH = 12;
  private static final int LINE_LENGTH = 160;
  private static final long NS_PER_SECOND = 1_000_000_000;
  private static final int TIME_WIDTH = "2026-01-01T00:00:00.000000000Z".length();

  /**
   * The format of the time. Each point has the same number of digits, so that lines are aligned.
   */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSX").withZone(ZoneOffset.UTC);

  private SeriesText() {}

  /** Returns a number with its unit, or the count, quantiles and sum of a distribution. */
  public static String value(Series series) {
    String unit = unit(series.unit());
    if (!series.kind().isDistribution()) {
      return number(series.value()) + unit;
    }
    StringBuilder text = new StringBuilder("n=").append(number(series.value()));
    for (double quantile : QUANTILES) {
      double estimate = series.quantile(quantile);
      if (!Double.isNaN(estimate)) {
        text.append(" p").append(Math.round(quantile * 100)).append('=').append(number(estimate));
      }
    }
    if (!Double.isNaN(series.sum())) {
      text.append(" sum=").append(number(series.sum()));
    }
    return text.append(unit).toString();
  }

  /**
   * Leaves out annotations such as {@code {order}}, which name the counted thing and take much
   * room.
   */
  private static String unit(String unit) {
    boolean isPlain = !unit.isEmpty() && !unit.equals("1") && unit.indexOf('{') < 0;
    return isPlain ? " " + unit : "";
  }

  /** Returns the change per second, or an empty text if it is unknown. */
  public static String rate(Series series) {
    return Double.isNaN(series.rate()) ? "" : number(series.rate()) + "/s";
  }

  /** Returns service and process. */
  public static String source(Series series) {
    String service = series.key().service();
    int pid = series.key().pid();
    return pid == 0 ? service : service.isEmpty() ? "pid " + pid : service + "/" + pid;
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : Text.number(value);
  }

  /** Returns the UTC time of the last point in ns, or a dash if the point has none. */
  static String time(Series series) {
    long ns = series.timeNs();
    if (ns == 0) {
      return "-" + " ".repeat(TIME_WIDTH - 1);
    }
    long seconds = Long.divideUnsigned(ns, NS_PER_SECOND);
    return TIME.format(Instant.ofEpochSecond(seconds, Long.remainderUnsigned(ns, NS_PER_SECOND)));
  }

  /** Returns a complete line of text, in columns as far as they fit. */
  static String line(Series series) {
    StringBuilder line = new StringBuilder(LINE_LENGTH);
    line.append(series.key().metric());
    pad(line, METRIC_WIDTH - line.length());
    addRight(line, value(series), VALUE_WIDTH);
    addRight(line, rate(series), RATE_WIDTH);
    line.append("  ").append(series.key().attributes());
    line.append("  ").append(source(series));
    return line.toString().stripTrailing();
  }

  /** Formatted by hand, because a formatter takes more time than the rest of a point. */
  private static void addRight(StringBuilder line, String text, int width) {
    line.append(' ');
    pad(line, width - text.length());
    line.append(text);
  }

  private static void pad(StringBuilder line, int columns) {
    for (int i = 0; i < columns; i++) {
      line.append(' ');
    }
  }

  /** Adds a JSON object. */
  public static void addTo(Json json, Series series) {
    json.begin().name("metric").value(series.key().metric());
    json.name("kind").value(series.kind().text());
    json.name("unit").value(series.unit());
    json.name("attributes").value(series.key().attributes());
    json.name("service").value(series.key().service());
    json.name("instance").value(series.key().instance());
    json.name("scope").value(series.key().scope());
    json.name("pid").value(series.key().pid());
    json.name("timeUnixNano").value(Long.toUnsignedString(series.timeNs()));
    if (series.kind().isDistribution()) {
      json.name("count").value(series.value());
      addIfKnown(json, "sum", series.sum());
      for (double quantile : QUANTILES) {
        addIfKnown(json, "p" + Math.round(quantile * 100), series.quantile(quantile));
      }
    } else {
      json.name("value").value(series.value());
    }
    addIfKnown(json, "rate", series.rate());
    json.end();
  }

  private static void addIfKnown(Json json, String name, double value) {
    if (!Double.isNaN(value)) {
      json.name(name).value(value);
    }
  }
}
