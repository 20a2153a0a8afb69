// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static io.userevents.exporter.Exporters.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The reader on a machine that cannot have the tracepoint, where nobody can ever listen. */
@Timeout(300)
class ReaderUnsupportedTest {

  private static final Duration NEVER = ReaderScenario.NEVER;

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final PolledTracepoint tracepoint = refusing();
  private final ReaderScenario scenario = new ReaderScenario(exporters.start(tracepoint));

  @Test
  void shouldNotPollButAnswerFlushesAndEnd() throws Exception {
    SdkMeterProvider provider = scenario.provider(NEVER);
    while (tracepoint.polls() == 0) {
      Thread.sleep(1);
    }
    Thread reader = tracepoint.awaitPolls(0);
    assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
    long polls = tracepoint.polls();

    // 300 times the poll period.
    Thread.sleep(300);

    // The one that the flush has asked for may come after the answer.
    assertThat(tracepoint.polls()).isLessThanOrEqualTo(polls + 1);
    assertThat(await(provider.forceFlush()).isSuccess()).isTrue();
    assertThat(await(provider.shutdown()).isSuccess()).isTrue();
    assertThat(reader.isAlive()).isFalse();
  }

  @Test
  void shouldStillHaveTheSdkForgetSeriesThatHaveEnded() throws Exception {
    AtomicInteger callbacks = new AtomicInteger();
    UserEventsMetricReader reader = scenario.reader(NEVER, Duration.ofMillis(5));
    try (SdkMeterProvider provider = ReaderScenario.provider(reader)) {
      ReaderScenario.observe(provider, callbacks::incrementAndGet);

      while (callbacks.get() < 3) {
        Thread.sleep(1);
      }
    }

    assertThat(scenario.exporter.statistics().discardedPoints())
        .isGreaterThanOrEqualTo(callbacks.get() - 1);
  }

  private static PolledTracepoint refusing() {
    PolledTracepoint tracepoint = new PolledTracepoint();
    tracepoint.refuse();
    return tracepoint;
  }
}
