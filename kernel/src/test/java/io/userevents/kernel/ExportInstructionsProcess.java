// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.userevents.exporter.UserEventsMetricExporter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Prints the instructions of each exported point, in the test machine with {@code --icount}, where
 * a nanosecond of CPU time is an instruction. The reference is protobuf-java, which reads and
 * writes the same points.
 */
public final class ExportInstructionsProcess {

  private static final int SERIES = 100;
  private static final int WARM_UP_EXPORTS = 600;
  private static final int EXPORTS = 200;

  /** Fewer than exports, because protobuf-java takes most of the time. */
  private static final int REFERENCES = 100;

  private static final int REGISTRATION_SECONDS = 100;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String CONSUMER = "user-events";

  private ExportInstructionsProcess() {}

  /** Prints a line for the reference, and one for each thread of each kind of export. */
  public static void main(String[] args) throws Exception {
    byte[] request = request();
    long unused = reference(request);
    print("reference", reference(request), REFERENCES);
    Reader reader = new Reader();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder().registerMetricReader(reader).build()) {
      LongCounter counter =
          provider
              .get("io.userevents.benchmark")
              .counterBuilder("orders")
              .setUnit("{order}")
              .build();
      for (int i = 0; i < SERIES; i++) {
        counter.add(1 + 1000L * i, attributes(i));
      }
      Collection<MetricData> metrics = reader.registration.collectAllMetrics();
      measure("packed", metrics, false);
      measure("single", metrics, true);
    }
  }

  private static void measure(String name, Collection<MetricData> metrics, boolean single)
      throws IOException, InterruptedException {
    try (UserEventsMetricExporter exporter =
        UserEventsMetricExporter.builder().setOnePointPerEvent(single).setPacing(0, 0).build()) {
      await(Tracing::eventExists);
      Tracing.enable(true);
      await(exporter::isAttached);
      export(exporter, metrics, WARM_UP_EXPORTS);
      long consumer = consumerNs();
      long own = THREADS.getCurrentThreadCpuTime();
      export(exporter, metrics, EXPORTS);
      own = THREADS.getCurrentThreadCpuTime() - own;
      consumer = consumerNs() - consumer;
      print(name + "-exporting", own, EXPORTS);
      print(name + "-consumer", consumer, EXPORTS);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    // The guest's clock skips idle time, so the reading of classes seems to take long.
    for (int i = 0; i < REGISTRATION_SECONDS && !condition.getAsBoolean(); i++) {
      TimeUnit.SECONDS.sleep(1);
    }
    if (!condition.getAsBoolean()) {
      throw new IllegalStateException("the tracepoint is not registered or not attached");
    }
  }

  private static void export(
      UserEventsMetricExporter exporter, Collection<MetricData> metrics, int exports) {
    for (int i = 0; i < exports; i++) {
      CompletableResultCode result = exporter.export(metrics).join(1, TimeUnit.HOURS);
      if (!result.isSuccess()) {
        throw new IllegalStateException("an export failed");
      }
    }
  }

  /** Returns the time of the threads that the exporter has started. */
  private static long consumerNs() {
    long sum = 0;
    for (long id : THREADS.getAllThreadIds()) {
      var info = THREADS.getThreadInfo(id);
      if (info != null && info.getThreadName().startsWith(CONSUMER)) {
        sum += THREADS.getThreadCpuTime(id);
      }
    }
    return sum;
  }

  private static long reference(byte[] request) throws InvalidProtocolBufferException {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < REFERENCES; i++) {
      byte[] written = ExportMetricsServiceRequest.parseFrom(request).toByteArray();
      if (written.length != request.length) {
        throw new IllegalStateException("length " + written.length);
      }
    }
    return THREADS.getCurrentThreadCpuTime() - start;
  }

  private static void print(String name, long ns, int times) {
    System.out.printf(Locale.ROOT, "%s %.1f%n", name, (double) ns / times / SERIES);
  }

  private static Attributes attributes(int point) {
    return Attributes.builder()
        .put("symbol", "SYM" + point)
        .put("side", point % 2 == 0 ? "buy" : "sell")
        .put("venue", "XLON")
        .put("shard", point % 16)
        .build();
  }

  private static byte[] request() {
    Sum.Builder sum = Sum.newBuilder().setIsMonotonic(true).setAggregationTemporalityValue(1);
    for (int i = 0; i < SERIES; i++) {
      sum.addDataPoints(
          NumberDataPoint.newBuilder()
              .setStartTimeUnixNano(1L << 60)
              .setTimeUnixNano((1L << 60) + 1)
              .setAsInt(1 + 1000L * i)
              .addAttributes(attribute("shard", AnyValue.newBuilder().setIntValue(i % 16)))
              .addAttributes(text("side", i % 2 == 0 ? "buy" : "sell"))
              .addAttributes(text("symbol", "SYM" + i))
              .addAttributes(text("venue", "XLON")));
    }
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .addMetrics(
                            Metric.newBuilder().setName("orders").setUnit("{order}").setSum(sum))))
        .build()
        .toByteArray();
  }

  private static KeyValue.Builder text(String key, String value) {
    return attribute(key, AnyValue.newBuilder().setStringValue(value));
  }

  private static KeyValue.Builder attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value);
  }

  /** Collects on demand, into objects that the SDK uses again. */
  private static final class Reader implements MetricReader {

    private CollectionRegistration registration = CollectionRegistration.noop();

    @Override
    public void register(CollectionRegistration registration) {
      this.registration = registration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.DELTA;
    }

    @Override
    public MemoryMode getMemoryMode() {
      return MemoryMode.REUSABLE_DATA;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
