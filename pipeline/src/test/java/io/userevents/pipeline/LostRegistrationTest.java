// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.RegistrationFailures;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostRegistrationTest extends TracepointSessionFixture {

  @Test
  void shouldRegisterAgainAtOnceWhenTheRegistrationIsLost() {
    session.start(START_NS);
    told.clear();

    assertThat(session.registerAgain(START_NS + 1)).isTrue();

    assertThat(tracepoint.closes).hasValue(1);
    assertThat(tracepoint.registrations).hasValue(2);
    assertThat(told)
        .containsExactly(
            "ATTACHED>REGISTERED",
            "detach",
            "REGISTERED>UNAVAILABLE",
            "UNAVAILABLE>REGISTERED",
            "REGISTERED>ATTACHED",
            "attach");
    assertThat(log.messages(Level.INFO))
        .last()
        .isEqualTo("registered tracepoint scripted again: script");
  }

  @Test
  void shouldRegisterAgainAtGrowingPausesWhileTheRegistrationDoesNotServe() {
    session.start(START_NS);
    assertThat(session.registerAgain(START_NS)).isTrue();
    long nowNs = START_NS;

    for (long pauseS : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      assertThat(session.registerAgain(nowNs)).isFalse();
      assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);
      int before = tracepoint.registrations.get();
      nowNs += SECONDS.toNanos(pauseS);
      session.poll(nowNs - 1);
      assertThat(session.registerAgain(nowNs - 1)).isFalse();
      assertThat(tracepoint.registrations).hasValue(before);
      session.poll(nowNs);
      assertThat(tracepoint.registrations).hasValue(before + 1);
      assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    }
    assertThat(tracepoint.closes).hasValue(9);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("does not know the registration");
    assertThat(log.messages(Level.INFO)).hasSize(2);
  }

  @Test
  void shouldStartWithShortPausesAgainWhenARegistrationHasHeldForLong() {
    session.start(START_NS);
    for (int i = 0; i < 10; i++) {
      session.registerAgain(START_NS + SECONDS.toNanos(1000L * i));
    }
    long nowNs = START_NS + SECONDS.toNanos(10_000);

    assertThat(session.registerAgain(nowNs)).isTrue();
    assertThat(session.registerAgain(nowNs)).isFalse();
    assertThat(session.registerAgain(nowNs + SECONDS.toNanos(1))).isTrue();
  }

  @Test
  void shouldGoOnTryingWhenItCannotBeRegisteredAgain() {
    session.start(START_NS);
    tracepoint.failRegistration(RegistrationFailures.of(Errno.EACCES));

    assertThat(session.registerAgain(START_NS)).isFalse();
    assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);
    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(tracepoint.closes).hasValue(1);
  }

  @Test
  void shouldRegisterAgainWhenUnregisteringThrows() {
    session.start(START_NS);
    tracepoint.failClose(new IllegalStateException("broken close"));

    assertThat(session.registerAgain(START_NS)).isTrue();

    assertThat(log.warnings()).anyMatch(line -> line.contains("closing tracepoint"));
  }

  @Test
  void shouldNotRegisterAgainOnceItIsClosed() {
    session.start(START_NS);
    session.close(START_NS);

    assertThat(session.registerAgain(START_NS + SECONDS.toNanos(100))).isFalse();

    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldNotRegisterAgainOnAMachineThatCannotAnyMore() {
    session.start(START_NS);
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOSYS));
    assertThat(session.registerAgain(START_NS)).isFalse();

    pollForMinutes();

    assertThat(session.registerAgain(START_NS + SECONDS.toNanos(10_000))).isFalse();
    assertThat(tracepoint.registrations).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldAskEvery10SecondsWhetherTheRegistrationIsLostAndRegisterAgain(boolean attached) {
    tracepoint.enabled = attached;
    session.start(START_NS);
    session.poll(START_NS + SECONDS.toNanos(10) - 1);
    assertThat(tracepoint.registeredAsked).hasValue(0);
    session.poll(START_NS + SECONDS.toNanos(10));
    session.poll(START_NS + SECONDS.toNanos(20) - 1);
    assertThat(tracepoint.registeredAsked).hasValue(1);
    assertThat(tracepoint.registrations).hasValue(1);

    tracepoint.registered = false;
    session.poll(START_NS + SECONDS.toNanos(20));

    assertThat(tracepoint.closes).hasValue(1);
    assertThat(tracepoint.registrations).hasValue(2);
    assertThat(session.state())
        .isEqualTo(attached ? TracepointState.ATTACHED : TracepointState.REGISTERED);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("does not know the registration of tracepoint scripted");
  }

  @Test
  void shouldNotAskWhetherARegistrationIsLostThatIsNotThere() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    session.start(START_NS);
    session.poll(START_NS + SECONDS.toNanos(100));
    session.close(START_NS + SECONDS.toNanos(200));
    session.poll(START_NS + SECONDS.toNanos(300));

    assertThat(tracepoint.registeredAsked).hasValue(0);
  }

  @Test
  void shouldTryAgainWhenALostRegistrationCannotBeMadeAtOnce() {
    session.start(START_NS);
    tracepoint.registered = false;
    tracepoint.failRegistration(RegistrationFailures.of(Errno.EACCES));
    session.poll(START_NS + SECONDS.toNanos(10));
    assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);

    session.poll(START_NS + SECONDS.toNanos(11));

    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(tracepoint.registrations).hasValue(3);
  }

  @Test
  void shouldTakeATracepointThatFailsToSayItForRegistered() {
    session.start(START_NS);
    tracepoint.registeredFailure = new IllegalStateException("broken");

    session.poll(START_NS + SECONDS.toNanos(10));
    session.poll(START_NS + SECONDS.toNanos(20));

    assertThat(tracepoint.registrations).hasValue(1);
    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("correct its isRegistered, which must not throw");
  }

  @Test
  void shouldCloseALostTracepointWhenMemoryLacksForItsLine() {
    session.start(START_NS);
    tracepoint.registered = false;
    lackMemoryForLines();

    assertThatThrownBy(() -> session.poll(START_NS + SECONDS.toNanos(10)))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(tracepoint.closes).hasValue(1);
    tracepoint.whenNamed = () -> {};
    session.poll(START_NS + SECONDS.toNanos(11));
    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(tracepoint.registrations).hasValue(2);
  }
}
