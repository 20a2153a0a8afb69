// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.userevents.pipeline.Outcome;
import java.time.Duration;

/** A reader that polls each millisecond, the SDK that it reads, and what to wait for. */
final class ReaderScenario {

  static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  final UserEventsMetricExporter exporter;

  ReaderScenario(UserEventsMetricExporter exporter) {
    this.exporter = exporter;
  }

  SdkMeterProvider provider(Duration interval) {
    return provider(reader(interval));
  }

  static SdkMeterProvider provider(UserEventsMetricReader reader) {
    return SdkMeterProvider.builder().registerMetricReader(reader).build();
  }

  UserEventsMetricReader reader(Duration interval) {
    return reader(interval, Duration.ZERO);
  }

  /**
   * @param idleInterval between collections while nobody listens, 0 for none
   */
  UserEventsMetricReader reader(Duration interval, Duration idleInterval) {
    return UserEventsMetricReader.builder(exporter)
        .setInterval(interval)
        .setAttachDelay(Duration.ZERO)
        .setPollPeriod(Duration.ofMillis(1))
        .setIdleCollectionInterval(idleInterval)
        .build();
  }

  static void observe(SdkMeterProvider provider, Runnable callback) {
    Meter meter = provider.get("book");
    meter
        .gaugeBuilder("observed")
        .ofLongs()
        .buildWithCallback(
            measurement -> {
              callback.run();
              measurement.record(1);
            });
  }

  void awaitExports(long count) throws InterruptedException {
    while (exporter.statistics().exports() < count) {
      Thread.sleep(1);
    }
  }

  void awaitRecording(long number) throws InterruptedException {
    while (exporter.recordingNumber() != number) {
      Thread.sleep(1);
    }
  }

  void awaitDiscardedCollections(long count) throws InterruptedException {
    while (exporter.statistics().discardedCollections() < count) {
      Thread.sleep(1);
    }
  }

  void awaitAttachments(long count) throws InterruptedException {
    while (exporter.statistics().pipeline().attachments() < count) {
      Thread.sleep(1);
    }
  }

  void awaitPoints(Outcome outcome, long points) throws InterruptedException {
    while (exporter.statistics().points(outcome) < points) {
      Thread.sleep(1);
    }
  }
}
