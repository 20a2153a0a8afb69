// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.RegistrationFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracepointSessionTest extends TracepointSessionFixture {

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

    assertThat(session.attachments()).isEqualTo(times);
  }

  @Test
  void shouldMoveFromUnavailableToRegisteredToAttachedAndBackToClosed() {
    tracepoint.enabled = false;
    session.start(START_NS);
    tracepoint.enabled = true;
    session.poll(START_NS);
    tracepoint.enabled = false;
    session.poll(START_NS);
    session.close(START_NS);

    assertThat(told)
        .containsExactly(
            "UNAVAILABLE>REGISTERED",
            "REGISTERED>ATTACHED",
            "attach",
            "ATTACHED>REGISTERED",
            "detach",
            "REGISTERED>CLOSED");
  }

  @Test
  void shouldBeUnavailableUntilItIsRegistered() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);

    session.start(START_NS);
    assertThat(session.state()).isEqualTo(TracepointState.UNAVAILABLE);

    session.poll(START_NS + SECONDS.toNanos(1));
    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
  }

  @Test
  void shouldNotBeAttachedWhileItIsNotRegisteredWhateverTheWordSays() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));

    session.start(START_NS);
    session.poll(START_NS);

    assertThat(told).isEmpty();
    assertThat(session.attachments()).isZero();
  }

  @Test
  void shouldTellEachChangeOnce() {
    session.start(START_NS);
    session.poll(START_NS);
    session.poll(START_NS);

    assertThat(told).containsExactly("UNAVAILABLE>REGISTERED", "REGISTERED>ATTACHED", "attach");
  }

  @Test
  void shouldTellTheDetachmentBeforeTheEnd() {
    session.start(START_NS);
    told.clear();

    session.close(START_NS);

    assertThat(told).containsExactly("ATTACHED>REGISTERED", "detach", "REGISTERED>CLOSED");
    assertThat(session.state()).isEqualTo(TracepointState.CLOSED);
  }

  @Test
  void shouldTellTheEndOfWhatWasNeverRegistered() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    session.start(START_NS);

    session.close(START_NS);

    assertThat(told).containsExactly("UNAVAILABLE>CLOSED");
  }

  @Test
  void shouldAlreadyBeInTheStateThatItTells() {
    List<TracepointState> states = new ArrayList<>();
    AtomicReference<@Nullable TracepointSession> owner = new AtomicReference<>();
    TracepointSession asked =
        new TracepointSession(
            tracepoint,
            () -> {},
            new TracepointStateListener() {
              @Override
              public void onStateChange(TracepointState previous, TracepointState current) {
                TracepointSession session = owner.get();
                assertThat(session).isNotNull();
                states.add(session.state());
              }
            },
            MAX_RETRY_NS);
    owner.set(asked);

    asked.start(START_NS);
    asked.close(START_NS);

    assertThat(states)
        .containsExactly(
            TracepointState.REGISTERED,
            TracepointState.ATTACHED,
            TracepointState.REGISTERED,
            TracepointState.CLOSED);
  }

  @Test
  void shouldGoOnWhenAStateListenerThrows() {
    TracepointSession broken =
        new TracepointSession(
            tracepoint,
            () -> {},
            new TracepointStateListener() {
              @Override
              public void onStateChange(TracepointState previous, TracepointState current) {
                throw new AssertionError("broken change");
              }

              @Override
              public void onAttach() {
                told.add("attach");
                throw new IllegalStateException("broken attach");
              }
            },
            MAX_RETRY_NS);

    broken.start(START_NS);

    assertThat(told).containsExactly("attach");
    assertThat(broken.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(log.warnings())
        .as("the first of many")
        .containsExactly("a tracepoint state listener failed: correct it, it must not throw");
  }

  @Test
  void shouldSumUpHowLongListenersWereAttached() {
    tracepoint.enabled = false;
    session.start(START_NS);
    assertThat(session.attachedNs(START_NS + 5)).isZero();

    tracepoint.enabled = true;
    session.poll(START_NS + 10);
    assertThat(session.attachedNs(START_NS + 17)).isEqualTo(7);
    tracepoint.enabled = false;
    session.poll(START_NS + 30);
    assertThat(session.attachedNs(START_NS + 40)).isEqualTo(20);

    tracepoint.enabled = true;
    session.poll(START_NS + 100);
    assertThat(session.attachedNs(START_NS + 101)).isEqualTo(21);
    session.close(START_NS + 105);
    assertThat(session.attachedNs(START_NS + 1000)).isEqualTo(25);
    assertThat(session.attachments()).isEqualTo(2);
  }

  @Test
  void shouldNotTakeTimeBackFromAReaderWhoseClockIsOlderThanTheAttachment() {
    session.start(START_NS);

    assertThat(session.attachedNs(START_NS - 1)).isZero();
  }

  @Test
  void shouldNotSeeAListenerThatComesAndGoesBetweenTwoLooks() {
    tracepoint.enabled = false;
    session.start(START_NS);

    tracepoint.enabled = true;
    tracepoint.enabled = false;
    session.poll(START_NS);

    assertThat(session.attachments()).isZero();
  }

  @Test
  void shouldSayOnceThatNobodyListens() {
    tracepoint.enabled = false;
    session.start(START_NS);

    session.poll(START_NS + MINUTES.toNanos(10) - 1);
    assertThat(log.messages(Level.INFO)).hasSize(1);
    session.poll(START_NS + MINUTES.toNanos(10));
    session.poll(START_NS + MINUTES.toNanos(100));

    assertThat(log.messages(Level.INFO))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("nobody has listened to tracepoint scripted for 10 minutes")
        .contains("perf record -a -e user_events:scripted");
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void shouldSayItAgainNeitherAfterAnAttachmentNorAfterAnotherRegistration() {
    tracepoint.enabled = false;
    session.start(START_NS);
    session.poll(START_NS + MINUTES.toNanos(10));
    tracepoint.enabled = true;
    session.poll(START_NS + MINUTES.toNanos(11));
    tracepoint.enabled = false;
    session.poll(START_NS + MINUTES.toNanos(12));
    assertThat(session.registerAgain(START_NS + MINUTES.toNanos(13))).isTrue();

    session.poll(START_NS + MINUTES.toNanos(100));

    assertThat(log.messages(Level.INFO))
        .filteredOn(line -> line.startsWith("nobody has listened"))
        .hasSize(1);
  }

  @Test
  void shouldNotSayThatNobodyListensWhileSomebodyDoesOrHasUntilLately() {
    session.start(START_NS);
    session.poll(START_NS + MINUTES.toNanos(60));
    tracepoint.enabled = false;
    session.poll(START_NS + MINUTES.toNanos(61));
    session.poll(START_NS + MINUTES.toNanos(71) - 1);

    assertThat(log.messages(Level.INFO)).hasSize(1);
    session.poll(START_NS + MINUTES.toNanos(71));
    assertThat(log.messages(Level.INFO)).hasSize(2);
  }

  @Test
  void shouldNotSayThatNobodyListensToWhatIsNotRegisteredAnyMore() {
    tracepoint.enabled = false;
    session.start(START_NS);
    tracepoint.failRegistration(RegistrationFailures.unsupported());
    assertThat(session.registerAgain(START_NS + MINUTES.toNanos(1))).isFalse();

    session.poll(START_NS + MINUTES.toNanos(100));

    assertThat(log.messages(Level.INFO)).hasSize(1);
  }
}
