// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  /** A Sunday. */
  private static final long NOW_MS = Instant.parse("2026-11-01T08:49:07Z").toEpochMilli();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0",
        "1|1000",
        "007|7000",
        " 30 |30000",
        "3600|3600000",
        "3601|3600000",
        "99999999999999999999|3600000",
        "Sun, 01 Nov 2026 08:49:37 GMT|30000",
        "Sunday, 01-Nov-26 08:49:37 GMT|30000",
        "Sun Nov  1 08:49:37 2026|30000",
        "Sun, 01 Nov 2026 08:49:07 GMT|0",
        "Mon, 01 Nov 2027 08:49:07 GMT|3600000",
        "Sun, 01 Nov 2026 08:49:06 GMT|-1",
        "Sun, 06 Nov 1994 08:49:37 GMT|-1",
        "-1|-1",
        "1.5|-1",
        "+5|-1",
        "0x10|-1",
        "soon|-1",
        "''|-1",
        "Sun, 99 Nov 2026 08:49:37 GMT|-1",
        "2026-11-01T08:49:37Z|-1",
        "٣|-1",
      })
  void shouldReadSecondsAndDates(String value, long expectedMs) {
    assertThat(RetryAfter.parseMs(Optional.of(value), Optional.empty(), NOW_MS))
        .isEqualTo(expectedMs);
  }

  @Test
  void shouldCompareADateWithTheEndpointsClock() {
    Optional<String> due = Optional.of("Sun, 01 Nov 2026 12:00:30 GMT");

    assertThat(RetryAfter.parseMs(due, Optional.of("Sun, 01 Nov 2026 12:00:00 GMT"), NOW_MS))
        .isEqualTo(30_000);
    assertThat(RetryAfter.parseMs(due, Optional.of("garbage"), NOW_MS))
        .isEqualTo(RetryAfter.MAX_MS);
  }

  @Test
  void shouldTellThatNothingIsAsked() {
    assertThat(RetryAfter.parseMs(Optional.empty(), Optional.empty(), NOW_MS))
        .isEqualTo(RetryAfter.NONE);
  }
}
