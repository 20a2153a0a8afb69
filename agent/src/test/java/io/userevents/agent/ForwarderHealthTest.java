// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ForwarderHealthTest {

  private static final long MAX_NS = TimeUnit.SECONDS.toNanos(ForwarderHealth.MAX_CYCLE_S);

  private boolean isEnding;
  private String failure = "";
  private long readerNs;
  private long dispatcherNs;

  private final ForwarderHealth health =
      new ForwarderHealth(
          new ForwarderHealth.Subject() {
            @Override
            public boolean isEnding() {
              return isEnding;
            }

            @Override
            public String failure() {
              return failure;
            }

            @Override
            public ForwarderStatistics.Ages ages() {
              return new ForwarderStatistics.Ages(readerNs, dispatcherNs);
            }
          },
          List::of);

  @Test
  void shouldNameTheThreadThatHangs() {
    readerNs = MAX_NS;
    dispatcherNs = MAX_NS;
    assertThat(health.whyNotLive()).isEmpty();

    dispatcherNs = MAX_NS + 1;
    assertThat(health.whyNotLive()).contains("dispatcher").contains("the disk of the spool");

    dispatcherNs = 0;
    readerNs = MAX_NS + 1;
    assertThat(health.whyNotLive()).contains("the reader");
    assertThat(health.whyNotReady()).isEmpty();
  }

  @Test
  void shouldBeLiveButNotReadyWhileItEnds() {
    isEnding = true;

    assertThat(health.whyNotReady()).isEqualTo("the agent is ending");
    assertThat(health.whyNotLive()).isEmpty();
  }

  @Test
  void shouldTellTheFailure() {
    failure = "the reader has ended; see the log";

    assertThat(health.whyNotReady()).isEqualTo(failure);
    assertThat(health.whyNotLive()).isEqualTo(failure);
  }
}
