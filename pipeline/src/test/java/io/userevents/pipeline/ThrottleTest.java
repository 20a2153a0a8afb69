// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.CapturedLog;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private static final long START_NS = Long.MAX_VALUE - 5;

  private final CapturedLog log = new CapturedLog(RecordPipeline.class);
  private final Throttle throttle = new Throttle();

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void shouldLogTheFirstFailureAtOnce() {
    fail(START_NS);

    assertThat(log.warnings()).containsExactly("failed");
  }

  @Test
  void shouldLogOneAMinuteAndCountTheOthers() {
    fail(START_NS);
    fail(START_NS + 1);
    fail(START_NS + Throttle.INTERVAL_NS - 1);
    fail(START_NS + Throttle.INTERVAL_NS);
    fail(START_NS + 2 * Throttle.INTERVAL_NS);

    assertThat(log.warnings())
        .containsExactly("failed", "failed (and 2 times since the last line)", "failed");
  }

  @Test
  void shouldSayAtTheEndHowOftenItHasFailedSinceTheLastLine() {
    for (int i = 0; i < 12; i++) {
      fail(START_NS + i);
    }

    throttle.complete();
    throttle.complete();

    assertThat(log.warnings())
        .containsExactly("failed", "failed (11 times since the last line, until the end)");
  }

  @Test
  void shouldSayNothingAtTheEndWhenAllIsLogged() {
    throttle.complete();
    fail(START_NS);
    throttle.complete();

    assertThat(log.warnings()).containsExactly("failed");
  }

  private void fail(long nowNs) {
    throttle.log(Level.WARNING, "failed", new IllegalStateException(), nowNs);
  }
}
