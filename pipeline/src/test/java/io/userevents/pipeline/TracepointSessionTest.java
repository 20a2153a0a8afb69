// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.internal.syscall.Errno;
import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.RegistrationFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracepointSessionTest {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private static final long START_NS = Long.MAX_VALUE - 500_000_000L;

  private static final long MAX_RETRY_NS = SECONDS.toNanos(60);

  private final ScriptedTracepoint tracepoint = new ScriptedTracepoint();
  private final List<String> told = new ArrayList<>();
  private final TracepointSession session =
      new TracepointSession(tracepoint, () -> {}, recorder(), MAX_RETRY_NS);
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
  void shouldLetNobodyWaitOnceRegistrationWasTried() {
    tracepoint.failRegistration(RegistrationFailures.of(Errno.ENOENT));
    session.start(START_NS);

    session.awaitFirstAttempt(SECONDS.toNanos(100));

    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldSayThatRegistrationTakesLong() {
    session.awaitFirstAttempt(1);

    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("has not answered yet", "see in a thread dump");
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

  @Test
  void shouldSayThatRegistrationHasNotAnsweredBeforeTheAnswerAndNotAfterIt() throws Exception {
    CountDownLatch saying = new CountDownLatch(1);
    CountDownLatch said = new CountDownLatch(1);
    Handler slow =
        new SimpleHandler(
            record -> {
              if (record.getMessage().startsWith("registered")) {
                saying.countDown();
                await(said);
              }
            });
    Logger logger = Logger.getLogger(RecordPipeline.class.getName());
    logger.addHandler(slow);
    try {
      Thread consumer = new Thread(() -> session.start(START_NS));
      session.awaitFirstAttempt(1);
      assertThat(log.warnings()).singleElement().asString().contains("has not answered yet");
      consumer.start();
      await(saying);

      // The line that says registered is being written.
      session.awaitFirstAttempt(1);

      said.countDown();
      consumer.join();
      assertThat(log.warnings()).hasSize(1);
    } finally {
      logger.removeHandler(slow);
    }
  }

  @Test
  void shouldRegisterWhileALogHandlerHangsThatIsToldOfTheDelay() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> handled = new CopyOnWriteArrayList<>();
    Handler hung =
        new SimpleHandler(
            record -> {
              if (record.getMessage().contains("has not answered yet")) {
                hanging.countDown();
                await(goOn);
              }
              handled.add(record.getMessage());
            });
    Logger logger = Logger.getLogger(RecordPipeline.class.getName());
    logger.addHandler(hung);
    try {
      Thread builder = new Thread(() -> session.awaitFirstAttempt(1));
      builder.start();
      await(hanging);
      CountDownLatch registered = new CountDownLatch(1);
      Thread consumer =
          new Thread(
              () -> {
                session.start(START_NS);
                registered.countDown();
              });
      consumer.start();

      await(registered);

      assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
      goOn.countDown();
      builder.join();
      consumer.join();
      CapturedLog.awaitQueued();
      assertThat(handled).hasSize(2);
      assertThat(handled.get(0)).contains("has not answered yet");
      assertThat(handled.get(1)).as("the answer, after the warning").startsWith("registered");
    } finally {
      goOn.countDown();
      logger.removeHandler(hung);
    }
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
  void shouldKnowOfTheRegistrationWhenMemoryLacksForItsLine() {
    tracepoint.whenNamed = TracepointSessionTest::lackMemory;

    assertThatThrownBy(() -> session.start(START_NS)).isInstanceOf(OutOfMemoryError.class);
    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(tracepoint.registrations).hasValue(1);
  }

  @Test
  void shouldCloseALostTracepointWhenMemoryLacksForItsLine() {
    session.start(START_NS);
    tracepoint.registered = false;
    tracepoint.whenNamed = TracepointSessionTest::lackMemory;

    assertThatThrownBy(() -> session.poll(START_NS + SECONDS.toNanos(10)))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(tracepoint.closes).hasValue(1);
    tracepoint.whenNamed = () -> {};
    session.poll(START_NS + SECONDS.toNanos(11));
    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(tracepoint.registrations).hasValue(2);
  }

  private static void lackMemory() {
    throw new OutOfMemoryError("Java heap space");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the test", e);
    }
  }

  /** Passes each record on. */
  private static final class SimpleHandler extends Handler {
    private final Consumer<LogRecord> records;

    SimpleHandler(Consumer<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord record) {
      records.accept(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private void pollForMinutes() {
    for (int second = 1; second < 1000; second++) {
      session.poll(START_NS + SECONDS.toNanos(second));
    }
  }

  private TracepointStateListener recorder() {
    return new TracepointStateListener() {
      @Override
      public void onStateChange(TracepointState previous, TracepointState current) {
        told.add(previous + ">" + current);
      }

      @Override
      public void onAttach() {
        told.add("attach");
      }

      @Override
      public void onDetach() {
        told.add("detach");
      }
    };
  }
}
