// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.tracepoint.KernelTracepoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several exporters write to the same tracepoint at the same time. */
@Tag("kernel")
final class SharedTracepointTest {

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void twoProcessesShouldBothBeReceived() throws Exception {
    Path logs = Files.createTempDirectory("logs");
    try (ExportingProcess first = ExportingProcess.start("first", logs.resolve("first"));
        ExportingProcess second = ExportingProcess.start("second", logs.resolve("second"))) {
      PerfReader perf = PerfReader.start();
      assertThat(first.ask("add 1")).isEqualTo("success=true written=1");
      assertThat(second.ask("add 2")).isEqualTo("success=true written=1");
      assertThat(first.ask("add 3")).isEqualTo("success=true written=2");
      assertThat(first.end()).isZero();
      // The other exporter continues when one has unregistered and ended.
      assertThat(second.ask("add 4")).isEqualTo("success=true written=2");

      List<byte[]> buffers = perf.end();
      assertThat(values(buffers, "first")).containsExactly(1L, 3L);
      assertThat(values(buffers, "second")).containsExactly(2L, 4L);
      assertThat(second.end()).isZero();
    }
    Tracing.await("end of the event", () -> !Tracing.eventExists());
  }

  @Test
  void twoExportersOfOneProcessShouldBothBeReceived() throws Exception {
    KernelTracepoint firstTracepoint = new KernelTracepoint(Tracing.EVENT);
    UserEventsMetricExporter first = exporters.create(firstTracepoint);
    UserEventsMetricExporter second = exporters.create();
    PerfReader perf = PerfReader.start();
    try (SdkMeterProvider firstProvider = TestSdk.create(first);
        SdkMeterProvider secondProvider = TestSdk.create(second)) {
      add(firstProvider, 1);
      add(secondProvider, 2);
      firstProvider.shutdown().join(300, TimeUnit.SECONDS);
      // Lets the kernel write all enable words that it knows. The first is not among them.
      Tracing.enable(true);
      assertThat(firstTracepoint.isEnabled()).isFalse();
      assertThat(second.isAttached()).isTrue();
      Tracing.enable(false);
      assertThat(second.isAttached()).isTrue();
      add(secondProvider, 4);
    }
    assertThat(
            Received.metrics(perf.end()).stream()
                .map(metric -> metric.getSum().getDataPoints(0).getAsInt()))
        .containsExactly(1L, 2L, 4L);
  }

  private static void add(SdkMeterProvider provider, long value) {
    LongCounter counter = provider.get("shared").counterBuilder("added").build();
    counter.add(value);
    TestSdk.flush(provider);
  }

  private static List<Long> values(List<byte[]> buffers, String process) throws Exception {
    return Received.metrics(buffers).stream()
        .map(Metric::getSum)
        .flatMap(sum -> sum.getDataPointsList().stream())
        .filter(point -> point.getAttributes(0).getValue().getStringValue().equals(process))
        .map(NumberDataPoint::getAsInt)
        .toList();
  }
}
