// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.tracepoint.EventLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongEventsTest {

  @RegisterExtension private final Pipelines pipelines = new Pipelines();

  @Test
  void shouldSayOnceThatAnEventDoesNotFitIntoAPage() {
    LongEvents events = new LongEvents("orders", () -> EventLayout.maxLengthFtrace(4096));

    written(events, 4048, 4049, 8168);

    assertThat(pipelines.log().warnings())
        .singleElement()
        .asString()
        .contains("tracepoint orders: an event of 4049 bytes", "maxEventLength to 4048");
  }

  @ParameterizedTest
  @ValueSource(ints = {16_384, 65_536})
  void shouldSayNothingWhereALargerPageHasRoomForTheEvent(int pageLength) {
    AtomicInteger asked = new AtomicInteger();
    LongEvents events =
        new LongEvents(
            "orders",
            () -> {
              asked.incrementAndGet();
              return EventLayout.maxLengthFtrace(pageLength);
            });

    written(events, 4049, 8168, EventLayout.MAX_LENGTH_PERF);

    assertThat(pipelines.log().warnings()).isEmpty();
    assertThat(asked).hasValue(1);
  }

  @Test
  void shouldSayItOfTheFirstEventThatIsLongerThanALargerPage() {
    LongEvents events = new LongEvents("orders", () -> 6000);

    written(events, 5000, 6000, 6001, 7000);

    assertThat(pipelines.log().warnings()).singleElement().asString().contains("6001 bytes");
  }

  @Test
  void shouldNotAskAgainWhenTheLimitCannotBeFound() {
    LongEvents events =
        new LongEvents(
            "orders",
            () -> {
              throw new IllegalStateException("no libc");
            });

    assertThatThrownBy(() -> events.report(5000)).hasMessage("no libc");
    assertThat(events.isLong(5000)).isFalse();
  }

  private static void written(LongEvents events, int... lengths) {
    for (int length : lengths) {
      if (events.isLong(length)) {
        events.report(length);
      }
    }
  }
}
