// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.flush;
import static io.userevents.pipeline.Pipelines.publish;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PipelineCountersTest {

  private static final int EINVAL = 22;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final ScriptedTracepoint tracepoint = pipelines.tracepoint();
  private final PipelineCounters counters = new PipelineCounters();

  @Test
  void shouldBeZeroBeforeTheyAreRead() {
    assertThat(counters.offered()).isZero();
    assertThat(counters.outcomes()).isZero();
    assertThat(counters).hasToString(new PipelineCounters().toString());
  }

  @Test
  void shouldShowTheSameAsTheStatistics() throws Exception {
    tracepoint.answer(0).answer(-EINVAL);
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder()
                .setTracepoint(tracepoint)
                .setMaxRecordLength(10)
                .setMaxEventLength(10)
                .setPacing(1_000_000, 200));
    publish(pipeline, "written");
    flush(pipeline);
    publish(pipeline, "failed");
    flush(pipeline);
    publish(pipeline, "much too long");
    tracepoint.enabled = false;
    publish(pipeline, "detached");
    pipeline.close();

    pipeline.read(counters);

    PipelineStatistics statistics = pipeline.statistics();
    assertThat(counters.offered()).isEqualTo(4);
    assertThat(counters.outcomes()).isEqualTo(4);
    assertThat(counters.written()).isEqualTo(1);
    assertThat(counters.dropped()).isEqualTo(3);
    assertThat(counters.writtenBytes()).isEqualTo(7);
    for (Outcome outcome : Outcome.values()) {
      assertThat(counters.count(outcome)).isEqualTo(statistics.count(outcome));
      assertThat(counters.bytes(outcome)).isEqualTo(statistics.bytes(outcome));
    }
    assertThat(counters.count(Outcome.DROPPED_TOO_LARGE)).isEqualTo(1);
    assertThat(counters.bytes(Outcome.DROPPED_TOO_LARGE)).isEqualTo(13);
    assertThat(counters.count(Outcome.DROPPED_DETACHED)).isEqualTo(1);
    assertThat(counters.errorCount(EINVAL)).isEqualTo(1);
    assertThat(counters.errorBytes(EINVAL)).isEqualTo(6);
    assertThat(counters.events()).isEqualTo(1);
    assertThat(counters.writeCalls()).isEqualTo(2);
    assertThat(counters.highWaterMark()).isEqualTo(1).isEqualTo(statistics.highWaterMark());
    assertThat(counters.longestDrainPauseNs()).isEqualTo(statistics.longestDrainPauseNs());
    assertThat(counters.pacingPauses()).isEqualTo(statistics.pacingPauses());
    assertThat(counters.pacedNs()).isEqualTo(statistics.pacedNs());
    assertThat(counters.attachments()).isEqualTo(1);
    assertThat(counters.attachedNs()).isPositive().isEqualTo(statistics.attachedNs());
    assertThat(counters.policyFailures()).isZero();
    assertThat(counters.toString().replace("PipelineCounters", "PipelineStatistics"))
        .isEqualTo(statistics.toString());
  }

  @Test
  void shouldCountAnErrorThatLinuxDoesNotHaveAsOneWithoutANumber() {
    assertThat(counters.errorCount(-1)).isEqualTo(counters.errorCount(0));
    assertThat(counters.errorBytes(Integer.MAX_VALUE)).isEqualTo(counters.errorBytes(0));
  }

  @Test
  void shouldForgetWhatWasReadBefore() throws Exception {
    RecordPipeline busy = pipelines.start(tracepoint);
    publish(busy, "a");
    flush(busy);
    busy.read(counters);
    assertThat(counters.written()).isEqualTo(1);

    RecordPipeline idle = pipelines.start(pipelines.tracepoint());
    idle.read(counters);
    assertThat(counters.offered()).isZero();
    assertThat(counters.written()).isZero();

    busy.read(counters);
    counters.reset();
    assertThat(counters).hasToString(new PipelineCounters().toString());
  }

  @Test
  void shouldNeverShowMoreOutcomesThanOffers() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(RecordPipeline.builder().setTracepoint(tracepoint).setRingSlots(16));
    List<CompletableFuture<Void>> publishers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      publishers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int record = 0; record < 20_000; record++) {
                  publish(pipeline, "r");
                }
              }));
    }
    CompletableFuture<Void> published =
        CompletableFuture.allOf(publishers.toArray(CompletableFuture<?>[]::new));
    // A second reader, so that they meet.
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(() -> readUntil(pipeline, published, new PipelineCounters()));
    readUntil(pipeline, published, counters);
    other.get(60, TimeUnit.SECONDS);
    published.get(60, TimeUnit.SECONDS);
    flush(pipeline);

    pipeline.read(counters);
    assertThat(counters.offered()).isEqualTo(40_000);
    assertThat(counters.outcomes()).isEqualTo(40_000);
  }

  @Test
  void shouldAllocateNothingWhenTheyAreReadAgain() throws Exception {
    RecordPipeline pipeline = pipelines.start(tracepoint);
    publish(pipeline, "a");
    flush(pipeline);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long[] total = new long[11];
    for (int i = 0; i < total.length; i++) {
      for (int reading = 0; reading < 2000; reading++) {
        pipeline.read(counters);
      }
      total[i] = threads.getThreadAllocatedBytes(thread);
    }

    assertThat(total[0]).isPositive();
    assertThat(counters.written()).isEqualTo(1);
    // A JVM allocates some 200 bytes on a thread now and then, while it compiles what
    // runs there; readings that allocate do so in each of the rounds.
    assertThat(IntStream.range(1, total.length).filter(i -> total[i] == total[i - 1]).count())
        .as("rounds without: %s", Arrays.toString(total))
        .isGreaterThan(5);
  }

  private static void readUntil(
      RecordPipeline pipeline, CompletableFuture<?> end, PipelineCounters counters) {
    long offered = 0;
    do {
      pipeline.read(counters);
      assertThat(counters.outcomes()).isLessThanOrEqualTo(counters.offered());
      assertThat(counters.offered()).as("only grows").isGreaterThanOrEqualTo(offered);
      offered = counters.offered();
    } while (!end.isDone());
  }
}
