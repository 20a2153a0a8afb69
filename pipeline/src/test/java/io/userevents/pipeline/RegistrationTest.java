// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.RegistrationFailures;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationTest extends TracepointSessionFixture {

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

  @ParameterizedTest
  @CsvSource({"5, '1000,2000,4000,5000,5000'", "0.2, '200,200,200'"})
  void shouldPauseNoLongerThanAskedTo(double maxRetryS, String pausesMs) {
    for (int i = 0; i < 20; i++) {
      tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    }
    TracepointSession limited =
        new TracepointSession(
            tracepoint,
            () -> {},
            TracepointStateListener.NONE,
            (long) (maxRetryS * SECONDS.toNanos(1)));
    limited.start(START_NS);
    long nowNs = START_NS;
    int registrations = 1;

    for (String pauseMs : pausesMs.split(",", -1)) {
      long pauseNs = MILLISECONDS.toNanos(Long.parseLong(pauseMs));
      limited.poll(nowNs + pauseNs - 1);
      assertThat(tracepoint.registrations).hasValue(registrations);
      nowNs += pauseNs;
      limited.poll(nowNs);
      registrations++;
      assertThat(tracepoint.registrations).hasValue(registrations);
    }
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
        .contains("correct it")
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
  void shouldSayThatTheMachineCannotHaveTheTracepointUntilItIsClosed() {
    tracepoint.failRegistration(RegistrationFailures.unsupported());
    session.start(START_NS);
    assertThat(session.state()).isEqualTo(TracepointState.UNSUPPORTED);

    pollForMinutes();
    assertThat(session.registerAgain(START_NS + SECONDS.toNanos(10_000))).isFalse();
    session.close(START_NS);

    assertThat(told).containsExactly("UNAVAILABLE>UNSUPPORTED", "UNSUPPORTED>CLOSED");
    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldNotFillTheLogWithFailuresThatVaryWithoutEnd() {
    for (int i = 0; i < 1000; i++) {
      tracepoint.failRegistration(new IllegalStateException("broken " + i));
    }
    session.start(START_NS);
    for (int minute = 1; minute < 1000; minute++) {
      session.poll(START_NS + SECONDS.toNanos(60L * minute));
    }

    assertThat(log.warnings()).hasSize(100);
  }

  @Test
  void shouldKnowOfTheRegistrationWhenMemoryLacksForItsLine() {
    lackMemoryForLines();

    assertThatThrownBy(() -> session.start(START_NS)).isInstanceOf(OutOfMemoryError.class);
    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(tracepoint.registrations).hasValue(1);
  }
}
