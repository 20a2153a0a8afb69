// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PipelineStatisticsTest {

  private final Counters counters = new Counters();

  @Test
  void shouldAddWhatPublishersRefusedToWhatTheConsumerCounted() {
    counters.refused(Outcome.DROPPED_DETACHED);
    counters.consumed(Outcome.DROPPED_DETACHED, 0);

    assertThat(counters.snapshot().count(Outcome.DROPPED_DETACHED)).isEqualTo(2);
  }

  @Test
  void shouldTellWrittenFromDropped() {
    counters.consumed(Outcome.WRITTEN, 0);
    counters.consumed(Outcome.WRITTEN, 0);
    counters.refused(Outcome.DROPPED_FULL);

    PipelineStatistics statistics = counters.snapshot();

    assertThat(statistics.outcomes()).isEqualTo(3);
    assertThat(statistics.written()).isEqualTo(2);
    assertThat(statistics.dropped()).isEqualTo(1);
  }

  @Test
  void shouldNotChangeAfterItWasTaken() {
    counters.offered();
    PipelineStatistics statistics = counters.snapshot();

    counters.offered();
    counters.consumed(Outcome.DROPPED_ERROR, 5);

    assertThat(statistics.offered()).isEqualTo(1);
    assertThat(statistics.outcomes()).isZero();
    assertThat(statistics.errors()).isEmpty();
    assertThatThrownBy(() -> statistics.errors().put(1, 1L))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void shouldCountBytesAndEventsOnlyWhenTaken() {
    counters.writeCall(true, 10);
    counters.writeCall(false, 20);

    PipelineStatistics statistics = counters.snapshot();

    assertThat(statistics.writeCalls()).isEqualTo(2);
    assertThat(statistics.events()).isEqualTo(1);
    assertThat(statistics.writtenBytes()).isEqualTo(10);
  }

  @Test
  void shouldBeReadable() {
    counters.offered();
    counters.consumed(Outcome.DROPPED_ERROR, 22);

    assertThat(counters.snapshot())
        .asString()
        .contains("offered=1", "dropped_error=1", "EINVAL (22, invalid argument)=1");
  }
}
