// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleUpDownCounter;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.View;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A small trading service with one instrument of every kind that OpenTelemetry has. Its data is
 * invented, except the data about its JVM. Used by one thread; the SDK runs the callbacks on its
 * own threads.
 */
final class DemoLoad {

  private static final String EXPONENTIAL = "trading.order.duration";

  private static final double MS_PER_SECOND = 1000;

  private static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
  private static final AttributeKey<String> SYMBOL = AttributeKey.stringKey("trading.symbol");
  private static final AttributeKey<String> SIDE = AttributeKey.stringKey("trading.side");
  private static final AttributeKey<String> MEMORY_TYPE = AttributeKey.stringKey("jvm.memory.type");

  private static final List<Attributes> DESTINATIONS =
      List.of(Attributes.of(DESTINATION, "orders"), Attributes.of(DESTINATION, "fills"));
  private static final List<Attributes> METHODS =
      List.of(Attributes.of(METHOD, "GET"), Attributes.of(METHOD, "POST"));
  private static final List<Attributes> ENDPOINTS =
      List.of(
          Attributes.of(METHOD, "GET", PORT, 8080L), Attributes.of(METHOD, "POST", PORT, 8443L));
  private static final List<Attributes> SYMBOLS =
      List.of(Attributes.of(SYMBOL, "ACME"), Attributes.of(SYMBOL, "INIT"));
  private static final List<Attributes> ORDERS =
      List.of(
          Attributes.of(SYMBOL, "ACME", SIDE, "buy"), Attributes.of(SYMBOL, "INIT", SIDE, "sell"));
  private static final Attributes HEAP = Attributes.of(MEMORY_TYPE, "heap");
  private static final Attributes NON_HEAP = Attributes.of(MEMORY_TYPE, "non_heap");

  private final SplittableRandom random = new SplittableRandom();
  private final int[] lastActive = new int[2];
  private final LongCounter sentMessages;
  private final DoubleCounter turnover;
  private final LongUpDownCounter activeRequests;
  private final DoubleUpDownCounter exposure;
  private final LongGauge bookDepth;
  private final DoubleGauge bookSpread;
  private final LongHistogram requestSize;
  private final DoubleHistogram requestDuration;
  private final DoubleHistogram orderDuration;

  DemoLoad(Meter meter) {
    sentMessages =
        meter
            .counterBuilder("messaging.client.sent.messages")
            .setDescription("Messages handed to the broker.")
            .setUnit("{message}")
            .build();
    turnover =
        meter
            .counterBuilder("trading.turnover")
            .ofDoubles()
            .setDescription("Value of the executed trades.")
            .setUnit("{EUR}")
            .build();
    activeRequests =
        meter
            .upDownCounterBuilder("http.server.active_requests")
            .setDescription("Requests being served.")
            .setUnit("{request}")
            .build();
    exposure =
        meter
            .upDownCounterBuilder("trading.position.exposure")
            .ofDoubles()
            .setDescription("Value of the open position, negative if it is short.")
            .setUnit("{EUR}")
            .build();
    bookDepth =
        meter
            .gaugeBuilder("trading.book.depth")
            .ofLongs()
            .setDescription("Orders in the book.")
            .setUnit("{order}")
            .build();
    bookSpread =
        meter
            .gaugeBuilder("trading.book.spread")
            .setDescription("Difference between the best offer and the best bid.")
            .setUnit("{EUR}")
            .build();
    requestSize =
        meter
            .histogramBuilder("http.server.request.body.size")
            .ofLongs()
            .setDescription("Size of the requests' bodies.")
            .setUnit("By")
            .build();
    requestDuration =
        meter
            .histogramBuilder("http.server.request.duration")
            .setDescription("Duration of the requests.")
            .setUnit("s")
            .setExplicitBucketBoundariesAdvice(
                List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0))
            .build();
    orderDuration =
        meter
            .histogramBuilder(EXPONENTIAL)
            .setDescription("From the order's arrival to its acknowledgement.")
            .setUnit("s")
            .build();
    observe(meter);
  }

  /** Aggregates the histogram of the orders' durations with exponential buckets. */
  static SdkMeterProviderBuilder addView(SdkMeterProviderBuilder builder) {
    return builder.registerView(
        InstrumentSelector.builder().setName(EXPONENTIAL).build(),
        View.builder().setAggregation(Aggregation.base2ExponentialBucketHistogram()).build());
  }

  /** Records once with each synchronous instrument. */
  void record() {
    for (int i = 0; i < 2; i++) {
      sentMessages.add(random.nextInt(1, 20), DESTINATIONS.get(i));
      turnover.add(cents(random.nextDouble(10, 5_000)), SYMBOLS.get(i));
      int active = random.nextInt(0, 16);
      activeRequests.add(active - lastActive[i], METHODS.get(i));
      lastActive[i] = active;
      exposure.add(cents(random.nextDouble(-1_000, 1_000)), SYMBOLS.get(i));
      bookDepth.set(random.nextLong(50, 500), SYMBOLS.get(i));
      bookSpread.set(cents(random.nextDouble(0.01, 0.25)), SYMBOLS.get(i));
      requestSize.record(random.nextLong(64, 16_384), METHODS.get(i));
      requestDuration.record(random.nextDouble(0.001, 0.4), ENDPOINTS.get(i));
      orderDuration.record(random.nextDouble(0.0005, 0.02), ORDERS.get(i));
    }
  }

  private static void observe(Meter meter) {
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
    meter
        .counterBuilder("jvm.class.loaded")
        .setDescription("Classes loaded since the JVM started.")
        .setUnit("{class}")
        .buildWithCallback(m -> m.record(classes.getTotalLoadedClassCount()));
    meter
        .counterBuilder("jvm.gc.time")
        .ofDoubles()
        .setDescription("Time spent in garbage collections.")
        .setUnit("s")
        .buildWithCallback(m -> m.record(collectionSeconds()));
    meter
        .upDownCounterBuilder("jvm.memory.used")
        .setDescription("Memory in use.")
        .setUnit("By")
        .buildWithCallback(
            m -> {
              m.record(memory.getHeapMemoryUsage().getUsed(), HEAP);
              m.record(memory.getNonHeapMemoryUsage().getUsed(), NON_HEAP);
            });
    meter
        .upDownCounterBuilder("trading.margin.used")
        .ofDoubles()
        .setDescription("Margin that open positions take up.")
        .setUnit("{EUR}")
        .buildWithCallback(m -> m.record(cents(1_000 + jvm.getUptime() / 7.0)));
    meter
        .gaugeBuilder("jvm.thread.peak")
        .ofLongs()
        .setDescription("Most threads that were alive at a time.")
        .setUnit("{thread}")
        .buildWithCallback(m -> m.record(threads.getPeakThreadCount()));
    meter
        .gaugeBuilder("process.uptime")
        .setDescription("Time since the JVM started.")
        .setUnit("s")
        .buildWithCallback(m -> m.record(jvm.getUptime() / MS_PER_SECOND));
  }

  private static double collectionSeconds() {
    long ms = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      // -1 if it is unknown.
      ms += Math.max(0, collector.getCollectionTime());
    }
    return ms / MS_PER_SECOND;
  }

  private static double cents(double value) {
    return Math.rint(value * 100) / 100;
  }
}
