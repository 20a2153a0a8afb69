// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the header Retry-After: seconds, or a date in one of the three formats of RFC 9110, 5.6.7.
 * A client must accept all three.
 */
final class RetryAfter {

  /** The longest wait that an endpoint can ask for: one hour. */
  static final long MAX_MS = 3_600_000;

  private static final Duration MAX = Duration.ofMillis(MAX_MS);

  /** No wait: the header is missing, in the past or malformed. */
  static final long NONE = -1;

  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          rfc850(),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US)
              .withZone(ZoneOffset.UTC));

  private RetryAfter() {}

  /**
   * Returns the wait in milliseconds, 0 to {@link #MAX_MS}, or {@link #NONE}.
   *
   * @param retryAfter the header's value
   * @param date the header Date of the same answer. If the answer has one, a date is compared with
   *     the endpoint's clock, otherwise with this machine's clock.
   * @param nowMs this machine's clock, since 1970
   */
  static long parseMs(Optional<String> retryAfter, Optional<String> date, long nowMs) {
    if (retryAfter.isEmpty()) {
      return NONE;
    }
    String value = retryAfter.get().strip();
    if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // Nine digits of seconds are more than thirty years.
      return value.length() > 9 ? MAX_MS : Math.min(Long.parseLong(value) * 1000, MAX_MS);
    }
    Optional<Instant> due = parseDate(value);
    if (due.isEmpty()) {
      return NONE;
    }
    Instant from =
        date.flatMap(d -> parseDate(d.strip())).orElseGet(() -> Instant.ofEpochMilli(nowMs));
    // Years can have nine digits, and milliseconds in a long cannot count that far.
    Duration wait = Duration.between(from, due.get());
    if (wait.isNegative()) {
      return NONE;
    }
    return wait.compareTo(MAX) > 0 ? MAX_MS : wait.toMillis();
  }

  private static Optional<Instant> parseDate(String value) {
    for (DateTimeFormatter format : DATES) {
      try {
        return Optional.of(Instant.from(format.parse(value)));
      } catch (DateTimeException e) {
        // The text may have the next format.
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the format of RFC 850. Names of days and months are English in HTTP. A two-digit year
   * means a year that is at most 50 years ahead.
   */
  private static DateTimeFormatter rfc850() {
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, LocalDate.now(ZoneOffset.UTC).minusYears(49))
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US)
        .withZone(ZoneOffset.UTC);
  }
}
