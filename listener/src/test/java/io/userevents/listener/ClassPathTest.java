// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader of events needs no ring and no OpenTelemetry, and does not bring them. */
class ClassPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.lmax.disruptor.RingBuffer",
        "io.opentelemetry.sdk.metrics.export.MetricExporter",
        "io.userevents.pipeline.RecordPipeline"
      })
  void shouldNotHaveTheLibrariesOfPublishers(String name) {
    assertThat(isThere(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.sun.jna.Native",
        "io.userevents.tracepoint.Tracepoint",
        "org.agrona.DirectBuffer"
      })
  void shouldHaveTheLibrariesThatItNeeds(String name) {
    assertThat(isThere(name)).isTrue();
  }

  private boolean isThere(String name) {
    return getClass().getResource("/" + name.replace('.', '/') + ".class") != null;
  }
}
