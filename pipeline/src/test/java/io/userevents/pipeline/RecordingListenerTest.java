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
@Timeout(20)
class RecordingListenerTest {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private static final long START_NS = Long.MAX_VALUE - 500_000_000L;

  private static final long LIMIT_NS = SECONDS.toNanos(5);

  private final ScriptedTracepoint tracepoint = new ScriptedTracepoint();
  private final List<String> told = new ArrayList<>();
  private final TracepointSession session =
      new TracepointSession(tracepoint, recorder(), SECONDS.toNanos(60));
  private final CapturedLog log = new CapturedLog(RecordPipeline.class);

  @AfterEach
  void restoreLog() {
    log.close();
  }

  @Test
  void shouldNumberTheAttachmentThatRecords() {
    session.start(START_NS);
    assertThat(session.recordingAttachment()).isEqualTo(1);

    tracepoint.enabled = false;
    session.poll(START_NS);
    assertThat(session.recordingAttachment()).isZero();

    tracepoint.enabled = true;
    session.poll(START_NS);
    assertThat(session.recordingAttachment()).isEqualTo(2);
    assertThat(told).containsExactly("attach", "recording", "detach", "attach", "recording");
  }

  @Test
  void shouldWaitUntilTheListenerRecords() {
    tracepoint.recording = false;
    session.start(START_NS);
    pollUntil(START_NS, START_NS + LIMIT_NS);
    assertThat(session.state()).isEqualTo(TracepointState.ATTACHED);
    assertThat(session.recordingAttachment()).isZero();
    assertThat(told).containsExactly("attach");

    tracepoint.recording = true;
    session.poll(START_NS + LIMIT_NS - 1);

    assertThat(session.recordingAttachment()).isEqualTo(1);
    assertThat(told).containsExactly("attach", "recording");
    assertThat(log.messages(Level.INFO)).singleElement().asString().contains("registered");
  }

  @Test
  void shouldAskOnceAMillisecondAtMostAndNoMoreOnceItRecords() {
    tracepoint.recording = false;
    session.start(START_NS);
    for (int us = 0; us < 10_000; us += 100) {
      session.poll(START_NS + us * 1000L);
    }
    assertThat(tracepoint.recordingAsked).hasValue(10);

    tracepoint.recording = true;
    session.poll(START_NS + MILLISECONDS.toNanos(10));
    pollUntil(START_NS + MILLISECONDS.toNanos(11), START_NS + SECONDS.toNanos(10));

    assertThat(tracepoint.recordingAsked).hasValue(11);
  }

  @Test
  void shouldAskNobodyWhileNobodyIsAttached() {
    tracepoint.enabled = false;
    session.start(START_NS);

    pollUntil(START_NS, START_NS + LIMIT_NS);

    assertThat(tracepoint.recordingAsked).hasValue(0);
  }

  @Test
  void shouldTakeAListenerThatCannotBeSeenToRecordForOneThatDoes() {
    tracepoint.recording = false;
    session.start(START_NS);
    session.poll(START_NS + LIMIT_NS - 1);
    assertThat(session.recordingAttachment()).isZero();

    session.poll(START_NS + LIMIT_NS + MILLISECONDS.toNanos(1));

    assertThat(session.recordingAttachment()).isEqualTo(1);
    assertThat(told).containsExactly("attach", "recording");
    assertThat(log.messages(Level.INFO).get(1))
        .contains("a listener is attached to tracepoint scripted")
        .contains("within 5 s")
        .contains("perf record -a");
  }

  @Test
  void shouldNotSayItOfAListenerThatIsSeenAtLast() {
    tracepoint.recording = false;
    session.start(START_NS);
    tracepoint.recording = true;

    session.poll(START_NS + 2 * LIMIT_NS);

    assertThat(told).containsExactly("attach", "recording");
    assertThat(log.messages(Level.INFO)).singleElement().asString().contains("registered");
  }

  @Test
  void shouldSayOnceThatAListenerWasNotSeenToRecord() {
    tracepoint.recording = false;
    session.start(START_NS);
    long nowNs = START_NS;
    for (int i = 0; i < 3; i++) {
      nowNs += LIMIT_NS;
      session.poll(nowNs);
      tracepoint.enabled = false;
      session.poll(nowNs);
      tracepoint.enabled = true;
      session.poll(nowNs);
    }

    assertThat(told).filteredOn("recording"::equals).hasSize(3);
    assertThat(log.messages(Level.INFO)).hasSize(2);
  }

  @Test
  void shouldGiveEachListenerItsTime() {
    tracepoint.recording = false;
    session.start(START_NS);
    tracepoint.enabled = false;
    session.poll(START_NS + LIMIT_NS - 1);
    tracepoint.enabled = true;
    session.poll(START_NS + LIMIT_NS - 1);

    session.poll(START_NS + LIMIT_NS + SECONDS.toNanos(1));

    assertThat(session.recordingAttachment()).isZero();
  }

  @Test
  void shouldTakeItForYesWhenTheQuestionFails() {
    tracepoint.whenAskedForRecording =
        () -> {
          throw new AssertionError("broken");
        };

    session.start(START_NS);
    pollUntil(START_NS, START_NS + SECONDS.toNanos(1));

    assertThat(session.recordingAttachment()).isEqualTo(1);
    assertThat(tracepoint.recordingAsked).hasValue(1);
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("failed to say whether a listener records");
  }

  @Test
  void shouldEndWithTheRegistration() {
    session.start(START_NS);

    session.close(START_NS);

    assertThat(session.recordingAttachment()).isZero();
  }

  @Test
  void shouldTellWhoHasThePipeline() throws Exception {
    tracepoint.enabled = false;
    try (RecordPipeline pipeline = RecordPipeline.builder().setTracepoint(tracepoint).build()) {
      assertThat(pipeline.recordingAttachment()).isZero();

      tracepoint.enabled = true;

      while (pipeline.recordingAttachment() != 1) {
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
