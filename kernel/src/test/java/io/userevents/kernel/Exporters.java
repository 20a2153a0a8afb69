// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.UserEventsMetricExporterBuilder;
import io.userevents.pipeline.PipelineStatistics;
import io.userevents.tracepoint.Tracepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Creates the exporters of a test. After the test, shuts them down and checks for each that every
 * offered record has exactly one outcome.
 */
final class Exporters implements AfterEachCallback {

  private static final long LIMIT_SECONDS = 300;

  private final List<UserEventsMetricExporter> made = new ArrayList<>();

  UserEventsMetricExporter create() {
    return build(UserEventsMetricExporter.builder());
  }

  UserEventsMetricExporter create(Tracepoint tracepoint) {
    return build(UserEventsMetricExporter.builder().setTracepoint(tracepoint));
  }

  UserEventsMetricExporter build(UserEventsMetricExporterBuilder builder) {
    UserEventsMetricExporter exporter = builder.build();
    made.add(exporter);
    assertThat(exporter.awaitRegistration(Duration.ofSeconds(LIMIT_SECONDS))).isTrue();
    return exporter;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    for (UserEventsMetricExporter exporter : made) {
      assertThat(exporter.shutdown().join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess()).isTrue();
      // A test may have begun the shutdown without waiting for its end.
      assertThat(exporter.flush().join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess()).isTrue();
      PipelineStatistics statistics = exporter.statistics().pipeline();
      assertThat(statistics.outcomes()).as("%s", statistics).isEqualTo(statistics.offered());
    }
  }
}
