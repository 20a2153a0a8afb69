// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.testing.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumerErrorsTest {

  private final CapturedLog log = new CapturedLog(RecordPipeline.class);
  private final RuntimeException error = new IllegalStateException("broken");

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void shouldHandEachErrorToTheHandlerAndLogNone() {
    List<Throwable> handled = new ArrayList<>();
    ConsumerErrors errors = new ConsumerErrors(handled::add);

    errors.onError(error);
    errors.onError(error);
    errors.completeReports();

    assertThat(handled).containsExactly(error, error);
    assertThat(log.messages(Level.SEVERE)).isEmpty();
  }

  @Test
  void shouldLogTheFirstErrorAndTheNumberOfTheOthersWithoutAHandler() {
    ConsumerErrors errors = new ConsumerErrors(null);

    errors.onError(error);
    errors.onError(error);
    errors.onError(error);
    assertThat(log.messages(Level.SEVERE)).hasSize(1);
    errors.completeReports();

    assertThat(log.messages(Level.SEVERE))
        .hasSize(2)
        .allMatch(line -> line.startsWith("the consumer met an error and goes on"))
        .last()
        .asString()
        .contains("2 times since the last line");
  }

  @Test
  void shouldCountWhatAHandlerThatThrowsWasToldAndSayItOnce() {
    ConsumerErrors errors =
        new ConsumerErrors(
            told -> {
              throw new IllegalStateException("broken handler", told);
            });

    errors.onError(error);
    errors.onError(new OutOfMemoryError("none left"));
    assertThat(log.messages(Level.SEVERE)).isEmpty();
    errors.completeReports();
    errors.completeReports();

    assertThat(log.messages(Level.SEVERE))
        .singleElement()
        .asString()
        .contains("met 2 errors that could not be reported");
  }
}
