// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.userevents.cli.Events;
import io.userevents.cli.series.SeriesFilter;
import org.junit.jupiter.api.Test;

final class RequestFilterTest {

  /** Two services with the metrics {@code orders} and {@code errors}, a point in each. */
  private static ExportMetricsServiceRequest request() throws Exception {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    for (String service : new String[] {"shop", "bank"}) {
      for (String name : new String[] {"orders", "errors"}) {
        request.mergeFrom(Events.gauge(service, name, "buy", 1, 1));
      }
    }
    return request.build();
  }

  private static SeriesFilter filter(String metric, String service, int pid) {
    return new SeriesFilter(SeriesFilter.glob(metric), SeriesFilter.glob(service), pid);
  }

  @Test
  void shouldHandOutTheSameRequestIfAllOfItIsTaken() throws Exception {
    ExportMetricsServiceRequest request = request();
    RequestFilter filter = new RequestFilter(filter("*", "*", 42));

    assertThat(filter.take(request, 42)).isSameAs(request);
    assertThat(new RequestFilter(SeriesFilter.ALL).take(request, 0)).isSameAs(request);
    assertThat(filter.points()).isEqualTo(4);
    assertThat(filter.filteredPoints()).isZero();
  }

  @Test
  void shouldLeaveOutMetricsAndWhatIsEmptyThen() throws Exception {
    RequestFilter filter = new RequestFilter(filter("ord*", "shop", 0));

    ExportMetricsServiceRequest taken = filter.take(request(), 7);

    assertThat(taken)
        .isEqualTo(
            ExportMetricsServiceRequest.parseFrom(Events.gauge("shop", "orders", "buy", 1, 1)));
    assertThat(filter.points()).isEqualTo(1);
    assertThat(filter.filteredPoints()).isEqualTo(3);
  }

  @Test
  void shouldLeaveOutAllOfOtherProcesses() throws Exception {
    RequestFilter filter = new RequestFilter(filter("*", "*", 42));

    assertThat(filter.take(request(), 7))
        .isEqualTo(ExportMetricsServiceRequest.getDefaultInstance());
    assertThat(filter.filteredPoints()).isEqualTo(4);
  }

  @Test
  void shouldLeaveOutMetricsWithoutPointsToo() throws Exception {
    ExportMetricsServiceRequest request =
        ExportMetricsServiceRequest.parseFrom(Events.of("shop", Metric.newBuilder().setName("a")));
    RequestFilter filter = new RequestFilter(filter("b", "*", 0));

    assertThat(filter.take(request, 7).getResourceMetricsList()).isEmpty();
    assertThat(filter.filteredPoints()).isZero();
  }
}
