// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.userevents.exporter.ExporterStatistics;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.kernel.ManySeries.Kind;
import io.userevents.pipeline.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** perf without options for its buffers, and SDK and exporter with all defaults. */
@Tag("kernel")
final class PerfDefaultsTest {

  /** The size of perf's buffer of each processor in bytes, without {@code --mmap-pages}. */
  private static final long PERF_BUFFER_LENGTH = 512 << 10;

  private static final int MIN_POINTS = 20_000;
  private static final long LIMIT_SECONDS = 300;
  private static final int MAX_ATTEMPTS = 3;

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void shouldReceiveWholeAnExportThatIsLargerThanItsBuffers() throws Exception {
    int[] instruments = ManySeries.instrumentsOf(Kind.LONG_SUM, 11);
    UserEventsMetricExporter exporter = exporters.create();
    ExporterStatistics before = exporter.statistics();
    ExporterStatistics after = before;
    Optional<List<byte[]>> whole = Optional.empty();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(PeriodicMetricReader.create(exporter))
            .build()) {
      // A busy host may keep perf off the processor for longer than its buffers last.
      for (int attempt = 1; whole.isEmpty() && attempt <= MAX_ATTEMPTS; attempt++) {
        PerfReader perf = PerfReader.startWithDefaults();
        Tracing.await("attachment", exporter::isAttached);
        before = exporter.statistics();
        ManySeries.record(provider.get("many"), instruments);
        assertThat(provider.forceFlush().join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess())
            .isTrue();
        after = exporter.statistics();
        whole = perf.endUnlessLost();
        Tracing.await("detachment", () -> !exporter.isAttached());
      }
    }

    List<byte[]> events =
        whole.orElseThrow(() -> new AssertionError("perf lost samples of each export"));
    ReceivedSeries received = ReceivedSeries.of(events);
    received.requireEachOnce(instruments);
    assertThat(received.points())
        .isEqualTo(after.points(Outcome.WRITTEN) - before.points(Outcome.WRITTEN))
        .isGreaterThan(MIN_POINTS);
    assertThat((long) events.size())
        .isEqualTo(after.pipeline().events() - before.pipeline().events());
    assertThat(after.pipeline().dropped()).isZero();
    assertThat(events.stream().mapToLong(event -> event.length).sum())
        .isGreaterThan(PERF_BUFFER_LENGTH * Runtime.getRuntime().availableProcessors());
  }
}
