// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import org.junit.jupiter.api.Test;

class SampleMetricsTest {

  @Test
  void shouldHaveOneOfEachType() {
    assertThat(SampleMetrics.all())
        .extracting(MetricData::getType)
        .containsExactlyInAnyOrder(MetricDataType.values());
  }

  @Test
  void shouldBeEncodedAsTheSdkEncodesThem() {
    MetricData[] all = SampleMetrics.all().toArray(MetricData[]::new);

    assertThat(CollectedRecords.encodeToOne(all))
        .isEqualTo(SdkMarshaler.request(all).toByteArray());
  }
}
