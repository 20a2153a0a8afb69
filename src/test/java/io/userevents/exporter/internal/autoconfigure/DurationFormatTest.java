// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations are read as the SDK reads those of its properties. */
class DurationFormatTest {

  private static final String PROPERTY = "otel.metric.export.interval";

  /** Parts of what people write, and of what they mistype. */
  private static final String[] PARTS =
      ("ns|us|ms|s|m|h|d|S|min|0|1|7|59|30000000000|2147483647|9223372036854775807"
              + "|9223372036854775808|106752|\u0665|+|-|.|,|e|_| |\t")
          .split("\\|", -1);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2147483647",
        "30000000000ns",
        "30000000000",
        "1500us",
        "2 s",
        " 10 m ",
        "+5h",
        "-5d",
        "0",
        "007",
        "106751d",
        "106752d",
        "9223372036854775807d",
        "-9223372036854775808d",
        "\u0661\u0662ms"
      })
  void shouldTakeEachDurationThatTheSdkTakes(String text) {
    assertThat(ofSdk(text)).isNotNull().isEqualTo(Format.parseDuration(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "often",
        "ms",
        "1.5s",
        "1 000",
        "1h30m",
        "10S",
        "1week",
        "- 5",
        "--5",
        "9223372036854775808",
        "PT1S"
      })
  void shouldRefuseEachDurationThatTheSdkRefuses(String text) {
    assertThat(ofSdk(text)).isNull();
    assertThat(ofFormat(text)).isNull();
  }

  @Test
  void shouldAgreeWithTheSdkOnWhateverIsWritten() {
    long seed = Long.getLong("duration.seed", System.nanoTime());
    Random random = new Random(seed);
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
      Duration expected = ofSdk(text.toString());
      assertThat(ofFormat(text.toString()))
          .as("'%s', -Dduration.seed=%s", text, seed)
          .isEqualTo(expected);
      if (expected != null) {
        taken++;
      }
    }
    assertThat(taken).as("durations among them, or little was compared").isGreaterThan(1000);
  }

  private static @Nullable Duration ofSdk(String text) {
    try {
      return DefaultConfigProperties.createFromMap(Map.of(PROPERTY, text)).getDuration(PROPERTY);
    } catch (ConfigurationException e) {
      return null;
    }
  }

  private static @Nullable Duration ofFormat(String text) {
    try {
      return Format.parseDuration(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
