// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.userevents.testing.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A session of a scripted tracepoint, and what it logs and tells. */
abstract class TracepointSessionFixture {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  static final long START_NS = Long.MAX_VALUE - 500_000_000L;

  static final long MAX_RETRY_NS = SECONDS.toNanos(60);

  final ScriptedTracepoint tracepoint = new ScriptedTracepoint();
  final List<String> told = new ArrayList<>();
  final TracepointSession session =
      new TracepointSession(tracepoint, () -> {}, recorder(), MAX_RETRY_NS);
  final CapturedLog log = new CapturedLog(RecordPipeline.class);

  @AfterEach
  void restoreLog() {
    log.close();
  }

  /** Has the heap be full when a line of the log is made, which names the tracepoint. */
  void lackMemoryForLines() {
    tracepoint.whenNamed =
        () -> {
          throw new OutOfMemoryError("Java heap space");
        };
  }

  void pollForMinutes() {
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
