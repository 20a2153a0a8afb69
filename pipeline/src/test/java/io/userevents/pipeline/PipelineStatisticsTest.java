// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class PipelineStatisticsTest {

  private final Counters counters = new Counters();

  @Test
  void shouldAddWhatPublishersRefusedToWhatTheConsumerCounted() {
    counters.publishers().current().refused(Outcome.DROPPED_DETACHED, 10);
    Pipelines.count(counters, Outcome.DROPPED_DETACHED, 1, 10, 0);

    assertThat(counters.snapshot(0, 0).count(Outcome.DROPPED_DETACHED)).isEqualTo(2);
  }

  @Test
  void shouldTellWrittenFromDropped() {
    Pipelines.count(counters, Outcome.WRITTEN, 1, 10, 0);
    Pipelines.count(counters, Outcome.WRITTEN, 1, 10, 0);
    counters.publishers().current().refused(Outcome.DROPPED_FULL, 10);

    PipelineStatistics statistics = counters.snapshot(0, 0);

    assertThat(statistics.outcomes()).isEqualTo(3);
    assertThat(statistics.written()).isEqualTo(2);
    assertThat(statistics.dropped()).isEqualTo(1);
  }

  @Test
  void shouldNotChangeAfterItWasTaken() {
    counters.publishers().current().accepted++;
    PipelineStatistics statistics = counters.snapshot(0, 0);

    counters.publishers().current().accepted++;
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 1, 10, 5);

    assertThat(statistics.offered()).isEqualTo(1);
    assertThat(statistics.outcomes()).isZero();
    assertThat(statistics.errors()).isEmpty();
    assertThatThrownBy(() -> statistics.errors().put(1, 1L))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void shouldCountEventsOnlyWhenTaken() {
    counters.writeCall(true);
    counters.writeCall(false);

    PipelineStatistics statistics = counters.snapshot(0, 0);

    assertThat(statistics.writeCalls()).isEqualTo(2);
    assertThat(statistics.events()).isEqualTo(1);
  }

  @Test
  void shouldCountBytesByOutcomeAndErrno() {
    Pipelines.count(counters, Outcome.WRITTEN, 2, 30, 0);
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 1, 7, 22);
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 3, 9, 5);
    counters.publishers().current().refused(Outcome.DROPPED_TOO_LARGE, 5000);

    PipelineStatistics statistics = counters.snapshot(0, 0);

    assertThat(statistics.writtenBytes()).isEqualTo(30);
    assertThat(statistics.bytes(Outcome.DROPPED_ERROR)).isEqualTo(16);
    assertThat(statistics.bytes(Outcome.DROPPED_TOO_LARGE)).isEqualTo(5000);
    assertThat(statistics.errors()).containsExactly(entry(5, 3L), entry(22, 1L));
    assertThat(statistics.errorBytes()).containsExactly(entry(5, 9L), entry(22, 7L));
  }

  @Test
  void shouldKeepTheHighestMarkAndTheLongestPause() {
    counters.waiting(3);
    counters.waiting(8);
    counters.waiting(5);
    counters.drainPause(70);
    counters.drainPause(60);

    PipelineStatistics statistics = counters.snapshot(0, 0);

    assertThat(statistics.highWaterMark()).isEqualTo(8);
    assertThat(statistics.longestDrainPauseNs()).isEqualTo(70);
  }

  @Test
  void shouldBeReadable() {
    counters.publishers().current().accepted++;
    Pipelines.count(counters, Outcome.DROPPED_ERROR, 1, 10, 22);

    assertThat(counters.snapshot(0, 0))
        .asString()
        .contains("offered=1", "dropped_error=1", "EINVAL (22, invalid argument)=1");
  }
}
