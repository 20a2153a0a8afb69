// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With a reader, no export asks for the provider while nobody listens: its thread does. */
@Timeout(300)
class ReaderSelfMetricsTest {

  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final String STATUS = "user_events.tracepoint.status";
  private static final String STATE = "user_events.tracepoint.state";

  @RegisterExtension private final Exporters exporters = new Exporters();

  private final PolledTracepoint tracepoint = new PolledTracepoint();
  private final AtomicReference<MeterProvider> providers =
      new AtomicReference<>(MeterProvider.noop());

  /** When the provider was asked for. */
  private final BlockingQueue<Long> askedNs = new LinkedBlockingQueue<>();

  private final CollectedSelfMetrics own = new CollectedSelfMetrics();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder().registerMetricReader(own).build();
  private final UserEventsMetricExporter exporter =
      exporters.start(
          UserEventsMetricExporter.builder()
              .setTracepoint(tracepoint)
              .setMeterProvider(
                  () -> {
                    askedNs.add(System.nanoTime());
                    return providers.get();
                  }));

  private final List<SdkMeterProvider> closedAfterwards = new ArrayList<>(List.of(provider));

  @AfterEach
  void close() {
    closedAfterwards.forEach(SdkMeterProvider::close);
  }

  @Test
  void shouldShowTheStateOfTheTracepointThoughNobodyListens() throws Exception {
    providers.set(provider);
    read(Duration.ofMillis(1));
    askedNs.take();
    tracepoint.awaitPolls(100);

    assertThat(own.values(STATUS, STATE)).contains(entry("registered", 1L), entry("attached", 0L));
    assertThat(askedNs).as("there is nothing more to ask for").isEmpty();
    assertThat(exporter.statistics().exports()).isZero();
  }

  @Test
  void shouldAskOnceAnIntervalUntilThereIsAProvider() throws Exception {
    Duration interval = Duration.ofMillis(20);
    long startNs = System.nanoTime();
    read(interval);
    for (int i = 1; i <= 5; i++) {
      assertThat(askedNs.take() - startNs).isGreaterThanOrEqualTo(i * interval.toNanos());
    }
  }

  @Test
  void shouldNotAskBeforeTheFirstIntervalHasPassed() throws Exception {
    read(NEVER);
    tracepoint.awaitPolls(200);

    assertThat(askedNs).isEmpty();
  }

  @Test
  void shouldAllocateNothingOnceThereIsAProvider() throws Exception {
    providers.set(provider);
    read(Duration.ofMillis(1));
    askedNs.take();

    IdleReader.assertAllocatesNothing(tracepoint);
  }

  private void read(Duration interval) {
    UserEventsMetricReader reader =
        UserEventsMetricReader.builder(exporter)
            .setInterval(interval)
            .setAttachDelay(Duration.ZERO)
            .setPollPeriod(Duration.ofMillis(1))
            .build();
    closedAfterwards.add(SdkMeterProvider.builder().registerMetricReader(reader).build());
  }
}
