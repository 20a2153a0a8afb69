// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class EnvelopeReductionLogTest {

  private final List<String> logged = new ArrayList<>();
  private final EnvelopeReductionLog log = new EnvelopeReductionLog(logger());

  @Test
  void shouldLogAnEnvelopeOnceWhateverIsCut() {
    log.add(reduction(Part.SCOPE, "orders", "version"));
    log.add(reduction(Part.SCOPE, "orders", "schema_url"));

    assertThat(log.distinct()).isEqualTo(1);
    assertThat(logged)
        .singleElement()
        .asString()
        .contains("scope=orders", "version left out (700 bytes)");
  }

  @Test
  void shouldTellPartsAndNamesApart() {
    log.add(reduction(Part.SCOPE, "orders", "name"));
    log.add(reduction(Part.METRIC, "orders", "name"));
    log.add(reduction(Part.METRIC, "fills", "name"));

    assertThat(log.distinct()).isEqualTo(3);
    assertThat(logged).hasSize(3);
  }

  @Test
  void shouldRememberAndLogALimitedNumber() {
    for (int i = 0; i < 2 * EnvelopeReductionLog.MAX_REMEMBERED; i++) {
      log.add(reduction(Part.METRIC, "metric" + i, "name"));
    }

    assertThat(log.distinct()).isEqualTo(EnvelopeReductionLog.MAX_REMEMBERED);
    assertThat(logged).hasSize(EnvelopeReductionLog.MAX_LOGGED);
    assertThat(logged.get(logged.size() - 1)).endsWith("; further ones are not logged");
  }

  @Test
  void shouldNameThePropertiesAndTheMethodsThatChangeIt() {
    log.add(reduction(Part.RESOURCE, "orders", "process.command_args"));
    log.add(reduction(Part.SCOPE, "orders", "name"));
    log.add(reduction(Part.METRIC, "orders", "name"));

    assertThat(logged)
        .hasSize(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "raise otel.exporter.user_events.max_record_length (setMaxRecordLength)"));
    assertThat(logged.get(0))
        .contains(
            "with otel.exporter.user_events.excluded_resource_attributes"
                + " (setExcludedResourceAttributes)");
  }

  private static EnvelopeReduction reduction(Part part, String name, String field) {
    return new EnvelopeReduction(part, name, 506, List.of(new Cut(field, 700, 0)));
  }

  private Logger logger() {
    Logger logger = Logger.getAnonymousLogger();
    logger.setUseParentHandlers(false);
    logger.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    return logger;
  }
}
