// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.userevents.tracepoint.LoopbackTracepoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Builds an exporter, exports for the first time, and says when that begins and ends. */
public final class FirstExportProgram implements Supplier<String> {

  static final String BEGIN = "the first export begins";
  static final String END = "the first export ends";

  /** For the class loader of a test. */
  public FirstExportProgram() {}

  /** In a JVM that has done nothing before. */
  public static void main(String[] args) {
    System.out.println(new FirstExportProgram().get());
  }

  /** Returns the exporter's statistics from before the export, and from after it. */
  @Override
  public String get() {
    // First, since the classes of the data are the SDK's matter.
    List<MetricData> metrics = List.of(Metrics.range("orders", 0, 100));
    LoopbackTracepoint tracepoint = new LoopbackTracepoint("otlp_metrics");
    tracepoint.attach(event -> {});
    UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder().setTracepoint(tracepoint).build();
    // Until then, the consumer loads classes too.
    boolean unused = exporter.awaitRegistration(Duration.ofSeconds(60));
    String before = exporter.statistics().toString();
    System.out.println(BEGIN);
    CompletableResultCode result = exporter.export(metrics);
    System.out.println(END);
    result.join(60, TimeUnit.SECONDS);
    exporter.shutdown().join(60, TimeUnit.SECONDS);
    return before + "\n" + exporter.statistics();
  }
}
