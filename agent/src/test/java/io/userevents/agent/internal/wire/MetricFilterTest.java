// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static io.userevents.agent.internal.wire.EventCopierTest.concat;
import static io.userevents.agent.internal.wire.EventCopierTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricFilterTest {

  private final MetricFilter filter = new MetricFilter(List.of("http.", "jvm.gc"));

  @Test
  void shouldKeepMetricsWhoseNamesBeginWithAPrefix() throws Exception {
    byte[] event =
        concat(
            request("a", "http.x", "other", "jvm.gc"), request("b", "http"), request("c", "http."));

    ExportMetricsServiceRequest kept = filtered(event);

    assertThat(kept.getResourceMetricsList())
        .extracting(resource -> resource.getResource().getAttributes(0).getValue().getStringValue())
        .containsExactly("a", "c");
    assertThat(kept.getResourceMetrics(0).getScopeMetrics(0).getMetricsList())
        .extracting(Metric::getName)
        .containsExactly("http.x", "jvm.gc");
    assertThat(kept.getResourceMetrics(0).getSchemaUrl()).isNotEmpty();
  }

  @Test
  void shouldCountTheMetricsThatItRemoves() throws Exception {
    filtered(concat(request("a", "http.x", "other", "jvm.gc"), request("b", "http")));
    assertThat(filter.removedMetrics()).isEqualTo(2);

    filtered(request("a", "x", "y", "z"));
    assertThat(filter.removedMetrics()).isEqualTo(5);

    filtered(request("a", "http.x"));
    byte[] cut = request("a", "x", "y");
    assertThat(filter.filter(cut, 0, cut.length - 1, new byte[cut.length]))
        .isEqualTo(EventCopier.MALFORMED);
    assertThat(filter.removedMetrics()).isEqualTo(5);
  }

  @Test
  void shouldGiveTheSameBytesWhenAllIsKept() {
    byte[] event = concat(request("a", "http.x", "http.y".repeat(40)), request("b", "jvm.gc.z"));
    byte[] target = new byte[event.length];

    int length = filter.filter(event, 0, event.length, target);

    assertThat(Arrays.copyOf(target, length)).isEqualTo(event);
  }

  @Test
  void shouldGiveNothingWhenNothingIsKept() {
    byte[] event = request("a", "x", "y");

    assertThat(filter.filter(event, 0, event.length, new byte[event.length])).isZero();
  }

  @Test
  void shouldRefuseACutEventAndNeverFailOnADamagedOne() {
    byte[] event = concat(request("a", "http.x", "y"), request("b", "http.z"));
    byte[] target = new byte[event.length];
    int firstLength = request("a", "http.x", "y").length;
    for (int length = 1; length < event.length; length++) {
      if (length != firstLength) {
        assertThat(filter.filter(event, 0, length, target)).isEqualTo(EventCopier.MALFORMED);
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = event.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      assertThat(filter.filter(damaged, 0, damaged.length, target))
          .isBetween(EventCopier.MALFORMED, damaged.length);
    }
  }

  @Test
  void shouldNotBeMadeWithoutAPrefix() {
    assertThatThrownBy(() -> new MetricFilter(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prefix");
  }

  private ExportMetricsServiceRequest filtered(byte[] event) throws Exception {
    byte[] target = new byte[event.length];
    int length = filter.filter(event, 0, event.length, target);
    return ExportMetricsServiceRequest.parseFrom(Arrays.copyOf(target, length));
  }
}
