// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Pipelines.publish;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class DropReporterTest {

  /** Shortly before the clock's numbers wrap, which they may do at any time. */
  private static final long START_NS = Long.MAX_VALUE - 500_000_000L;

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  private final Counters counters = new Counters();
  private final DropReporter reporter = new DropReporter(counters, "event", 8, 100);

  @Test
  void shouldReportTheFirstDropAtOnce() {
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);

    poll(START_NS);

    assertThat(reports()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DROPPED_FULL      | ring was full (ringSlots=8)            | enlarge the ring",
        "DROPPED_TOO_LARGE | too large (maxRecordLength=100)        | shorten them or raise the limit",
        "DROPPED_CLOSED    | pipeline was closed                    | stop publishing before closing"
      })
  void shouldSayCauseAndRemedy(Outcome outcome, String cause, String remedy) {
    counters.publishers().current().refused(outcome, 10);
    counters.publishers().current().refused(outcome, 10);

    poll(START_NS);

    assertThat(reports())
        .singleElement()
        .asString()
        .startsWith("tracepoint event: records dropped: 2 ")
        .contains(cause)
        .contains(remedy);
  }

  @Test
  void shouldNameTheErrorsOfFailedWrites() {
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 1, 10, 22);
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 1, 10, 22);
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 1, 10, 5);

    poll(START_NS);

    assertThat(reports())
        .singleElement()
        .asString()
        .contains("3 because the write failed")
        .contains("EIO (5, input/output error): 1, EINVAL (22, invalid argument): 2");
  }

  @Test
  void shouldReportAllCausesInOneLine() {
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);
    counters.publishers().current().refused(Outcome.DROPPED_TOO_LARGE, 10);

    poll(START_NS);

    assertThat(reports()).singleElement().asString().contains("full").contains("too large");
  }

  @Test
  void shouldReportAtMostOnceAMinute() {
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);
    poll(START_NS);
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);

    poll(START_NS + MINUTES.toNanos(1) - 1);
    assertThat(reports()).hasSize(1);

    poll(START_NS + MINUTES.toNanos(1));
    assertThat(reports()).hasSize(2);
    assertThat(reports().get(1)).contains("dropped: 2 because");
  }

  @Test
  void shouldReportADropAfterAQuietTimeAtOnce() {
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);
    poll(START_NS);
    poll(START_NS + MINUTES.toNanos(10));
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);

    poll(START_NS + MINUTES.toNanos(10) + 1);

    assertThat(reports()).hasSize(2);
  }

  @Test
  void shouldNotReportTheSameDropTwice() {
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);

    poll(START_NS);
    poll(START_NS + MINUTES.toNanos(5));

    assertThat(reports()).hasSize(1);
  }

  @Test
  void shouldNotReportWhatIsNoLoss() {
    counters.publishers().current().refused(Outcome.DROPPED_DETACHED, 10);
    Pipelines.count(counters, Outcome.DROPPED_DETACHED, 1, 10, 0);
    Pipelines.count(counters, Outcome.WRITTEN, 1, 10, 0);

    poll(START_NS);

    assertThat(reports()).isEmpty();
  }

  @Test
  void shouldReportTheRestBeforeTheMinuteIsUpWhenAskedTo() {
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);
    poll(START_NS);
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);

    reporter.report(START_NS + SECONDS.toNanos(1));

    assertThat(reports()).hasSize(2);
  }

  @Test
  void shouldBeAskedByAnIdlePipeline() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder().setTracepoint(pipelines.tracepoint()).setMaxRecordLength(1));

    publish(pipeline, "too large");
    while (reports().isEmpty()) {
      Thread.sleep(1);
    }

    assertThat(reports()).singleElement().asString().contains("maxRecordLength=1");
  }

  @Test
  void shouldBeAskedWhenThePipelineCloses() throws Exception {
    RecordPipeline pipeline =
        pipelines.start(
            RecordPipeline.builder().setTracepoint(pipelines.tracepoint()).setMaxRecordLength(1));
    publish(pipeline, "too large");
    while (reports().isEmpty()) {
      Thread.sleep(1);
    }
    publish(pipeline, "too large");

    pipeline.close();

    assertThat(reports()).hasSize(2);
  }

  /** After a round through the publishers. */
  private void poll(long nowNs) {
    PublisherSums unused = counters.publishers().sums();
    reporter.poll(nowNs);
  }

  private List<String> reports() {
    return pipelines.log().warnings();
  }
}
