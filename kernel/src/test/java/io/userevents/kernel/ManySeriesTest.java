// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.pipeline.Outcome;
import io.userevents.tracepoint.EventLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One export of many series is split over records, none too long, no point twice. */
@Tag("kernel")
final class ManySeriesTest {

  private static final int SERIES = 4000;

  @RegisterExtension final Exporters exporters = new Exporters();

  @Test
  void shouldDeliverEveryPointOfALargeExportExactlyOnce() throws Exception {
    UserEventsMetricExporter exporter = exporters.create();
    SdkMeterProvider provider = TestSdk.create(exporter);
    try (provider) {
      LongCounter counter = provider.get("series").counterBuilder("orders").build();
      PerfReader perf = PerfReader.start();
      for (int i = 0; i < SERIES; i++) {
        counter.add(i + 1, attributes(i));
      }
      TestSdk.flush(provider);
      List<byte[]> buffers = perf.end();

      assertThat(buffers)
          .allSatisfy(
              buffer -> assertThat(buffer).hasSizeLessThanOrEqualTo(EventLayout.MAX_LENGTH_FTRACE));
      Map<Integer, Long> values = new HashMap<>();
      for (Metric metric : Received.metrics(buffers)) {
        assertThat(metric.getName()).isEqualTo("orders");
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
          assertThat(point.getAttributesCount()).isEqualTo(5);
          assertThat(values.put(series(point), point.getAsInt()))
              .as("a second point of series %s", series(point))
              .isNull();
        }
      }
      assertThat(values).hasSize(SERIES);
      values.forEach((series, value) -> assertThat(value).isEqualTo(series + 1));
      assertThat(exporter.statistics().points(Outcome.WRITTEN)).isEqualTo(SERIES);
      assertThat(exporter.statistics().pipeline().events()).isEqualTo(buffers.size());
    }
  }

  private static Attributes attributes(int series) {
    return Attributes.builder()
        .put("series", series)
        .put("venue", "XETR")
        .put("side", series % 2 == 0 ? "buy" : "sell")
        .put("latency.ms", series * 0.5)
        .put("live", series % 3 == 0)
        .build();
  }

  private static int series(NumberDataPoint point) {
    for (KeyValue attribute : point.getAttributesList()) {
      if (attribute.getKey().equals("series")) {
        return (int) attribute.getValue().getIntValue();
      }
    }
    throw new AssertionError("no series in " + point);
  }
}
