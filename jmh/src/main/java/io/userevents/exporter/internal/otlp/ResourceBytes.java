// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Prints how many bytes a point takes in all records of an export, with resources of several
 * lengths: only a service's name, the resource of the OpenTelemetry javaagent without a command
 * line, and the same with command lines of 500, 1,000 and 3,400 characters. Points are sums with
 * four attributes. The figures are the same on every machine.
 */
public final class ResourceBytes {

  private static final EncoderLimits LIMITS = new EncoderLimits(4048, 8168, Integer.MAX_VALUE);

  private ResourceBytes() {}

  /**
   * Runs it.
   *
   * @param args none
   */
  public static void main(String[] args) {
    System.out.println(
        "| resource | bytes | 10 points | 100 points | 1,000 points | point alone |");
    System.out.println("|---|---:|---:|---:|---:|---:|");
    print(
        "`service.name` alone",
        Resource.create(Attributes.builder().put("service.name", "orders").build()));
    print("javaagent, without the command line", agent(0));
    print("the same, command line of 500 characters", agent(500));
    print("of 1,000", agent(1000));
    print("of 3,400, which is cut", agent(3400));
  }

  private static void print(String name, Resource resource) {
    System.out.printf(
        "| %s | %d | %d | %d | %d | %d |%n",
        name,
        resourceLength(resource),
        bytesPerPoint(resource, 10, LIMITS),
        bytesPerPoint(resource, 100, LIMITS),
        bytesPerPoint(resource, 1000, LIMITS),
        bytesPerPoint(resource, 100, new EncoderLimits(4048, 8168, 1)));
  }

  private static int resourceLength(Resource resource) {
    return EnvelopeContent.length(
        new ResourceContent(NamePatterns.NONE).take(resource), new ProtoWriter(0));
  }

  private static long bytesPerPoint(Resource resource, int points, EncoderLimits limits) {
    List<LongPointData> data = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      Attributes attributes =
          Attributes.builder()
              .put("symbol", "SYM" + i % 50)
              .put("venue", "XLON")
              .put("side", i % 2 == 0 ? "buy" : "sell")
              .put("level", i % 10)
              .build();
      data.add(
          ImmutableLongPointData.create(
              1_760_000_000_000_000_000L, 1_760_000_010_000_000_000L, attributes, i));
    }
    MetricData metric =
        ImmutableMetricData.createLongSum(
            resource,
            InstrumentationScopeInfo.create("shop.orders"),
            "orders",
            "Orders by symbol, venue, side and level",
            "{order}",
            ImmutableSumData.create(true, AggregationTemporality.DELTA, data));
    Bytes bytes = new Bytes();
    new RecordEncoder(limits, NamePatterns.NONE, 0).encode(List.of(metric), bytes);
    return Math.round((double) bytes.total / points);
  }

  private static Resource agent(int commandLine) {
    AttributesBuilder builder =
        Attributes.builder()
            .put("container.id", "c".repeat(64))
            .put("host.arch", "amd64")
            .put("host.id", "6f1c2d3e4b5a69788796a5b4c3d2e1f0")
            .put("host.name", "trade-17.example.org")
            .put("k8s.namespace.name", "orders")
            .put("k8s.node.name", "node-4711.example.org")
            .put("k8s.pod.name", "orders-6d4b75cb6d-hgr5x")
            .put("k8s.pod.uid", "275ecb36-5aa8-4c2a-9c47-d8bb681b9aff")
            .put("os.description", "Linux 6.1.0-18-amd64")
            .put("os.type", "linux")
            .put("process.executable.path", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java")
            .put("process.pid", 4711)
            .put(
                "process.runtime.description",
                "Eclipse Adoptium OpenJDK 64-Bit Server VM 17.0.12+7")
            .put("process.runtime.name", "OpenJDK Runtime Environment")
            .put("process.runtime.version", "17.0.12+7")
            .put("service.instance.id", "d0b6b7d8-2c4a-4f0e-9d4c-0f5d3b1f6c11")
            .put("service.name", "orders")
            .put("service.version", "2026.11.3")
            .put("telemetry.distro.name", "opentelemetry-java-instrumentation")
            .put("telemetry.distro.version", "2.33.1")
            .put("telemetry.sdk.language", "java")
            .put("telemetry.sdk.name", "opentelemetry")
            .put("telemetry.sdk.version", "1.67.0");
    if (commandLine > 0) {
      builder.put(
          AttributeKey.stringArrayKey("process.command_args"),
          List.of(
              "/usr/bin/java", "-Xmx512m", "-cp", "x".repeat(commandLine), "io.example.Orders"));
    }
    return Resource.create(builder.build(), "https://opentelemetry.io/schemas/1.37.0");
  }

  private static final class Bytes implements RecordSink {

    long total;

    @Override
    public void onRecord(DirectBuffer buffer, int offset, int length, int points) {
      total += length;
    }

    @Override
    public void onEnvelopeReduced(EnvelopeReduction reduction) {
      // The command line of 3,400 characters is reduced.
    }

    @Override
    public void onPointReduced(MetricData metric, PointData point, boolean withoutDescription) {
      throw new IllegalStateException("no point is that large: " + point);
    }

    @Override
    public void onPointTooLarge(MetricData metric, PointData point, int encodedLength) {
      throw new IllegalStateException("no point is that large: " + point);
    }
  }
}
