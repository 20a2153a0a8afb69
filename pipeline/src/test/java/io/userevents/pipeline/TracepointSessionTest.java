// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.syscall.Errno;
import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.RegistrationFailures;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracepointSessionTest {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private static final long START_NS = Long.MAX_VALUE - 500_000_000L;

  private final ScriptedTracepoint tracepoint = new ScriptedTracepoint();
  private final Counters counters = new Counters();
  private final TracepointSession session = new TracepointSession(tracepoint, counters);
  private final CapturedLog log = new CapturedLog(RecordPipeline.class);

  @AfterEach
  void restoreLog() {
    log.close();
  }

  @Test
  void shouldRegisterAtOnce() {
    session.start(START_NS);

    assertThat(tracepoint.registrations).hasValue(1);
    assertThat(log.messages(Level.INFO)).containsExactly("registered tracepoint scripted: script");
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void shouldNotRegisterAgainOnceItIsRegistered() {
    session.start(START_NS);

    session.poll(START_NS + SECONDS.toNanos(1000));

    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldTryAgainAfterPausesThatGrowToAMinute() {
    for (int i = 0; i < 20; i++) {
      tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    }
    session.start(START_NS);
    long nowNs = START_NS;

    for (long pauseS : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      int before = tracepoint.registrations.get();
      nowNs += SECONDS.toNanos(pauseS);
      session.poll(nowNs - 1);
      assertThat(tracepoint.registrations).hasValue(before);
      session.poll(nowNs);
      assertThat(tracepoint.registrations).hasValue(before + 1);
    }
  }

  @Test
  void shouldHealWhenTheCauseIsGone() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.EACCES));
    session.start(START_NS);

    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(tracepoint.registrations).hasValue(2);
    assertThat(log.messages(Level.INFO)).hasSize(1);
  }

  @Test
  void shouldLogARepeatedFailureOnce() {
    for (int i = 0; i < 5; i++) {
      tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    }

    session.start(START_NS);
    pollForMinutes();

    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("ENOENT")
        .contains("mend it")
        .contains("records are dropped until it succeeds");
  }

  @Test
  void shouldLogEachDistinctFailure() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    tracepoint.failRegistration(RegistrationFailures.of(Errno.EACCES));
    tracepoint.failRegistration(RegistrationFailures.of(Errno.EACCES));

    session.start(START_NS);
    pollForMinutes();

    assertThat(log.warnings()).hasSize(2);
    assertThat(log.warnings().get(0)).contains("ENOENT");
    assertThat(log.warnings().get(1)).contains("EACCES");
  }

  @Test
  void shouldNotTryAgainOnAMachineThatCannot() {
    tracepoint.failRegistration(RegistrationFailures.unsupported());

    session.start(START_NS);
    pollForMinutes();

    assertThat(tracepoint.registrations).hasValue(1);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("no such machine")
        .endsWith("records are dropped");
  }

  @Test
  void shouldTryAgainAfterAnException() {
    tracepoint.failRegistration(new IllegalStateException("broken"));

    session.start(START_NS);
    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(tracepoint.registrations).hasValue(2);
    assertThat(log.warnings()).singleElement().asString().contains("broken");
  }

  @Test
  void shouldTryAgainAfterAnError() {
    tracepoint.failRegistration(new AssertionError("broken"));

    session.start(START_NS);
    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(tracepoint.registrations).hasValue(2);
    assertThat(log.warnings()).singleElement().asString().contains("broken");
  }

  @Test
  void shouldLetNobodyWaitOnceRegistrationWasTried() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    session.start(START_NS);

    session.awaitFirstAttempt(SECONDS.toNanos(100));

    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldSayThatRegistrationTakesLong() {
    session.awaitFirstAttempt(1);

    assertThat(log.warnings()).singleElement().asString().contains("has not answered yet");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void shouldCountAttachments(int times) {
    tracepoint.enabled = false;
    session.start(START_NS);

    for (int i = 0; i < times; i++) {
      tracepoint.enabled = true;
      session.poll(START_NS);
      session.poll(START_NS);
      tracepoint.enabled = false;
      session.poll(START_NS);
    }

    assertThat(counters.snapshot().attachments()).isEqualTo(times);
  }

  private void pollForMinutes() {
    for (int second = 1; second < 1000; second++) {
      session.poll(START_NS + SECONDS.toNanos(second));
    }
  }
}
