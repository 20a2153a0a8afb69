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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Perf without any option about its buffers, and SDK and exporter with all defaults. */
@Tag("kernel")
final class PerfDefaultsTest {

  /** Of each processor, in bytes: what perf takes unless {@code --mmap-pages} says otherwise. */
  private static final long PERF_BUFFER_LENGTH = 512 << 10;

  private static final int MIN_POINTS = 20_000;
  private static final long LIMIT_SECONDS = 60;

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void shouldReceiveWholeAnExportThatIsLargerThanItsBuffers() throws Exception {
    int[] instruments = ManySeries.instrumentsOf(Kind.LONG_SUM, 11);
    UserEventsMetricExporter exporter = exporters.create();
    List<byte[]> events;
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(PeriodicMetricReader.create(exporter))
            .build()) {
      PerfReader perf = PerfReader.startWithDefaults();
      Tracing.await("attachment", exporter::isAttached);
      ManySeries.record(provider.get("many"), instruments);
      assertThat(provider.forceFlush().join(LIMIT_SECONDS, TimeUnit.SECONDS).isSuccess()).isTrue();
      events = perf.end();
    }

    ReceivedSeries received = ReceivedSeries.of(events);
    received.requireEachOnce(instruments);
    ExporterStatistics statistics = exporter.statistics();
    assertThat(received.points())
        .isEqualTo(statistics.points(Outcome.WRITTEN))
        .isGreaterThan(MIN_POINTS);
    assertThat(events.size()).isEqualTo((int) statistics.pipeline().events());
    assertThat(statistics.pipeline().dropped()).isZero();
    assertThat(events.stream().mapToLong(event -> event.length).sum())
        .isGreaterThan(PERF_BUFFER_LENGTH * Runtime.getRuntime().availableProcessors());
  }
}
