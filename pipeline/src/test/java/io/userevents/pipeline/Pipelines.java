// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.CapturedLog;
import io.userevents.tracepoint.Tracepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts the pipelines of a test, keeps their log, and after the test closes them and checks that
 * every record that was offered has exactly one outcome.
 */
final class Pipelines implements BeforeEachCallback, AfterEachCallback {

  private final List<RecordPipeline> pipelines = new ArrayList<>();
  private final List<ScriptedTracepoint> tracepoints = new ArrayList<>();
  private @Nullable CapturedLog log;

  @Override
  public void beforeEach(ExtensionContext context) {
    log = new CapturedLog(RecordPipeline.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      tracepoints.forEach(ScriptedTracepoint::releaseAll);
      for (RecordPipeline pipeline : pipelines) {
        assertThat(pipeline.close(Duration.ofSeconds(60))).isTrue();
        assertBalanced(pipeline);
      }
    } finally {
      log().close();
      pipelines.clear();
      tracepoints.clear();
    }
  }

  /** To be called when all records have their outcome: after a flush or after closing. */
  static void assertBalanced(RecordPipeline pipeline) {
    PipelineStatistics statistics = pipeline.statistics();
    assertThat(statistics.outcomes()).as(statistics::toString).isEqualTo(statistics.offered());
    assertThat(statistics.errors().values().stream().mapToLong(Long::longValue).sum())
        .as(statistics::toString)
        .isEqualTo(statistics.count(Outcome.DROPPED_ERROR));
  }

  CapturedLog log() {
    if (log == null) {
      throw new IllegalStateException("only while a test runs");
    }
    return log;
  }

  ScriptedTracepoint tracepoint() {
    ScriptedTracepoint tracepoint = new ScriptedTracepoint();
    tracepoints.add(tracepoint);
    return tracepoint;
  }

  /** Starts a pipeline with the defaults. */
  RecordPipeline start(Tracepoint tracepoint) {
    return start(RecordPipeline.builder().setTracepoint(tracepoint));
  }

  RecordPipeline start(RecordPipelineBuilder builder) {
    RecordPipeline pipeline = builder.build();
    pipelines.add(pipeline);
    return pipeline;
  }

  static boolean publish(RecordPipeline pipeline, String text) {
    return pipeline.publish(record(text), 0, text.length()).isAccepted();
  }

  static boolean publish(RecordPipeline pipeline, String text, OutcomeListener listener, long tag) {
    return pipeline.publish(record(text), 0, text.length(), listener, tag).isAccepted();
  }

  static DirectBuffer record(String text) {
    return new UnsafeBuffer(text.getBytes(US_ASCII));
  }

  /** Waits until all that was published has its outcome. */
  static void flush(RecordPipeline pipeline) throws Exception {
    pipeline.flush().get(60, TimeUnit.SECONDS);
  }

  /** Counts records as the drain does. */
  static void count(Counters counters, Outcome outcome, int records, long bytes, int errno) {
    counters.consumed(outcome, records);
    counters.consumedBytes(outcome, bytes);
    if (outcome == Outcome.DROPPED_ERROR) {
      counters.failed(errno, records);
      counters.failedBytes(errno, bytes);
    }
  }
}
