// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a listener that records is told from one that is only attached. */
@Timeout(300)
class RecordingListenerTest {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private static final long START_NS = Long.MAX_VALUE - 500_000_000L;

  private static final long LATE_NS = SECONDS.toNanos(5);

  private final ScriptedTracepoint tracepoint = new ScriptedTracepoint();
  private final List<String> told = new ArrayList<>();
  private final TracepointSession session =
      new TracepointSession(tracepoint, () -> {}, recorder(), SECONDS.toNanos(60));
  private final CapturedLog log = new CapturedLog(RecordPipeline.class);

  @AfterEach
  void restoreLog() {
    log.close();
  }

  @Test
  void shouldNumberWhoRecords() {
    session.start(START_NS);
    assertThat(session.recordingNumber()).isEqualTo(1);

    tracepoint.enabled = false;
    session.poll(START_NS);
    assertThat(session.recordingNumber()).isZero();

    tracepoint.enabled = true;
    session.poll(START_NS);
    assertThat(session.recordingNumber()).isEqualTo(2);
    assertThat(told).containsExactly("attach", "recording", "detach", "attach", "recording");
  }

  @Test
  void shouldWaitUntilTheListenerRecords() {
    tracepoint.recording = false;
    session.start(START_NS);
    pollUntil(START_NS, START_NS + SECONDS.toNanos(1));
    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(session.recordingNumber()).isZero();
    assertThat(told).containsExactly("attach");

    tracepoint.recording = true;
    session.poll(START_NS + SECONDS.toNanos(1));

    assertThat(session.recordingNumber()).isEqualTo(1);
    assertThat(told).containsExactly("attach", "recording");
    assertThat(log.messages(Level.INFO)).singleElement().asString().contains("registered");
  }

  @Test
  void shouldAskLessAndLessOften() {
    tracepoint.recording = false;
    session.start(START_NS);
    int sofar = 0;
    // In each, as often as there are periods, the last of which ends with it.
    for (String phase : "0,200,1 200,5000,10 5000,60000,1000".split(" ", -1)) {
      String[] ms = phase.split(",", -1);
      for (long us = Long.parseLong(ms[0]) * 1000; us < Long.parseLong(ms[1]) * 1000; us += 250) {
        session.poll(START_NS + us * 1000);
      }
      sofar += (Integer.parseInt(ms[1]) - Integer.parseInt(ms[0])) / Integer.parseInt(ms[2]);
      assertThat(tracepoint.recordingAsked).as("until %s ms", ms[1]).hasValue(sofar);
    }

    tracepoint.recording = true;
    pollUntil(START_NS + SECONDS.toNanos(60), START_NS + SECONDS.toNanos(70));

    assertThat(tracepoint.recordingAsked).as("whether it still does").hasValue(sofar + 10);
  }

  @Test
  void shouldAskNothingUntilSomebodyWantsToKnow() {
    TracepointSession unwatched =
        new TracepointSession(
            tracepoint, () -> {}, TracepointStateListener.NONE, SECONDS.toNanos(60));
    unwatched.start(START_NS);
    unwatched.poll(START_NS + LATE_NS);
    assertThat(tracepoint.recordingAsked).hasValue(0);

    assertThat(unwatched.recordingNumber()).isZero();
    unwatched.poll(START_NS + LATE_NS);

    assertThat(unwatched.recordingNumber()).isEqualTo(1);
    assertThat(tracepoint.recordingAsked).hasValue(1);
  }

  @Test
  void shouldAskNobodyWhileNobodyIsAttached() {
    tracepoint.enabled = false;
    session.start(START_NS);

    pollUntil(START_NS, START_NS + LATE_NS);

    assertThat(tracepoint.recordingAsked).hasValue(0);
  }

  @Test
  void shouldNoticeAListenerHoweverLateItRecords() {
    tracepoint.recording = false;
    session.start(START_NS);
    pollUntil(START_NS, START_NS + SECONDS.toNanos(60));
    assertThat(session.recordingNumber()).isZero();
    assertThat(told).containsExactly("attach");

    tracepoint.recording = true;
    pollUntil(START_NS + SECONDS.toNanos(60), START_NS + SECONDS.toNanos(62));

    assertThat(session.recordingNumber()).isEqualTo(1);
    assertThat(told).containsExactly("attach", "recording");
  }

  @Test
  void shouldNoticeThatAListenerHasEndedRecordingAndThatItBeginsAgain() {
    session.start(START_NS);
    assertThat(session.recordingNumber()).isEqualTo(1);

    tracepoint.recording = false;
    session.poll(START_NS + SECONDS.toNanos(1) - 1);
    assertThat(session.recordingNumber()).as("not asked yet").isEqualTo(1);
    session.poll(START_NS + SECONDS.toNanos(1));
    assertThat(session.recordingNumber()).isZero();

    tracepoint.recording = true;
    pollUntil(START_NS + SECONDS.toNanos(1), START_NS + SECONDS.toNanos(3));
    assertThat(session.recordingNumber()).isEqualTo(2);
    assertThat(told).containsExactly("attach", "recording", "recording");
  }

  @Test
  void shouldSayOfALaterListenerThatItDoesNotRecord() {
    session.start(START_NS);
    tracepoint.enabled = false;
    session.poll(START_NS);
    tracepoint.recording = false;
    tracepoint.enabled = true;

    pollUntil(START_NS, START_NS + 2 * LATE_NS);

    assertThat(log.messages(Level.INFO)).last().asString().contains("but has not recorded");
  }

  @Test
  void shouldGiveAListenerItsTimeFromWhenSomebodyWantsToKnow() {
    tracepoint.recording = false;
    TracepointSession lateWatched =
        new TracepointSession(
            tracepoint, () -> {}, TracepointStateListener.NONE, SECONDS.toNanos(60));
    lateWatched.start(START_NS);
    assertThat(lateWatched.recordingNumber()).isZero();
    long nowNs = START_NS + 2 * LATE_NS;
    lateWatched.poll(nowNs);

    lateWatched.poll(nowNs + MILLISECONDS.toNanos(1));

    assertThat(tracepoint.recordingAsked).hasValue(2);
    assertThat(log.messages(Level.INFO)).singleElement().asString().contains("registered");
  }

  @Test
  void shouldSayOnceThatAListenerDoesNotRecord() {
    tracepoint.recording = false;
    session.start(START_NS);
    pollUntil(START_NS, START_NS + LATE_NS);
    assertThat(log.messages(Level.INFO)).singleElement().asString().contains("registered");

    long nowNs = START_NS;
    for (int i = 0; i < 3; i++) {
      long endNs = nowNs + 2 * LATE_NS;
      pollUntil(nowNs, endNs);
      nowNs = endNs;
      tracepoint.enabled = false;
      session.poll(nowNs);
      tracepoint.enabled = true;
      session.poll(nowNs);
    }

    assertThat(log.messages(Level.INFO)).hasSize(2);
    assertThat(log.messages(Level.INFO).get(1))
        .contains("a listener is attached to tracepoint scripted")
        .contains("for 5 s")
        .contains("perf record -a");
  }

  @Test
  void shouldWatchEachListenerFromItsOwnBeginning() {
    tracepoint.recording = false;
    session.start(START_NS);
    pollUntil(START_NS, START_NS + 2 * LATE_NS);
    tracepoint.enabled = false;
    session.poll(START_NS + 2 * LATE_NS);
    tracepoint.enabled = true;
    session.poll(START_NS + 2 * LATE_NS);
    int before = tracepoint.recordingAsked.get();

    session.poll(START_NS + 2 * LATE_NS + MILLISECONDS.toNanos(1));

    assertThat(tracepoint.recordingAsked).hasValue(before + 1);
  }

  @Test
  void shouldTakeItForYesWhenTheQuestionFails() {
    tracepoint.whenAskedForRecording =
        () -> {
          throw new AssertionError("broken");
        };

    session.start(START_NS);
    pollUntil(START_NS, START_NS + SECONDS.toNanos(5));

    assertThat(session.recordingNumber()).isEqualTo(1);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("failed to say whether a listener records");
  }

  @Test
  void shouldEndWithTheRegistration() {
    session.start(START_NS);

    session.close(START_NS);

    assertThat(session.recordingNumber()).isZero();
  }

  @Test
  void shouldTellWhoHasThePipeline() throws Exception {
    tracepoint.enabled = false;
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      assertThat(pipeline.recordingNumber()).isZero();

      tracepoint.enabled = true;

      while (pipeline.recordingNumber() != 1) {
        Thread.sleep(1);
      }
    }
  }

  private void pollUntil(long fromNs, long untilNs) {
    for (long nowNs = fromNs; nowNs - untilNs < 0; nowNs += MILLISECONDS.toNanos(10)) {
      session.poll(nowNs);
    }
  }

  private TracepointStateListener recorder() {
    return new TracepointStateListener() {
      @Override
      public void onAttach() {
        told.add("attach");
      }

      @Override
      public void onRecording() {
        told.add("recording");
      }

      @Override
      public void onDetach() {
        told.add("detach");
      }
    };
  }
}
