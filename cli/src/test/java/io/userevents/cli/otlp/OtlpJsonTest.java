// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.internal.otlp.metrics.MetricsRequestMarshaler;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.cli.console.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected texts follow the OTLP specification and its examples, not this project's output. */
final class OtlpJsonTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static String json(Message message) {
    Json json = new Json();
    OtlpJson.add(json, message);
    return json.toString();
  }

  @Test
  void shouldWriteIntegersOf64BitsAsTexts() {
    NumberDataPoint point =
        NumberDataPoint.newBuilder()
            .setStartTimeUnixNano(1)
            .setTimeUnixNano(-1)
            .setAsInt(Long.MIN_VALUE)
            .setFlags(-1)
            .build();

    assertThat(json(point))
        .isEqualTo(
            "{\"startTimeUnixNano\":\"1\",\"timeUnixNano\":\"18446744073709551615\","
                + "\"asInt\":\"-9223372036854775808\",\"flags\":4294967295}");
  }

  @Test
  void shouldWriteZerosThatSayTheyArePresent() {
    assertThat(json(NumberDataPoint.newBuilder().setAsInt(0).build()))
        .isEqualTo("{\"asInt\":\"0\"}");
    assertThat(json(NumberDataPoint.newBuilder().setAsDouble(0).build()))
        .isEqualTo("{\"asDouble\":0.0}");
    assertThat(json(ExponentialHistogramDataPoint.newBuilder().setSum(0).setMin(0).build()))
        .isEqualTo("{\"sum\":0.0,\"min\":0.0}");
    assertThat(json(NumberDataPoint.getDefaultInstance())).isEqualTo("{}");
  }

  @Test
  void shouldWriteNumbersThatJsonLacksAsTexts() {
    for (String[] pair :
        new String[][] {{"NaN", "NaN"}, {"Infinity", "Infinity"}, {"-Infinity", "-Infinity"}}) {
      NumberDataPoint point =
          NumberDataPoint.newBuilder().setAsDouble(Double.parseDouble(pair[0])).build();

      assertThat(json(point)).isEqualTo("{\"asDouble\":\"" + pair[1] + "\"}");
    }
  }

  @Test
  void shouldWriteIdsInHexAndOtherBytesInBase64() {
    byte[] trace = new byte[16];
    trace[0] = (byte) 0xab;
    trace[15] = 0x0f;
    Exemplar exemplar =
        Exemplar.newBuilder()
            .setTraceId(ByteString.copyFrom(trace))
            .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) 0xff}))
            .build();

    assertThat(json(exemplar))
        .isEqualTo(
            "{\"spanId\":\"01020304050607ff\",\"traceId\":\"ab00000000000000000000000000000f\"}");
    assertThat(
            json(
                AnyValue.newBuilder()
                    .setBytesValue(ByteString.copyFrom(new byte[] {-1, -2, -3, -4}))
                    .build()))
        .isEqualTo("{\"bytesValue\":\"//79/A==\"}");
  }

  @Test
  void shouldWriteEnumsAsIntegersAlsoUnknownOnes() {
    assertThat(
            json(
                Sum.newBuilder()
                    .setAggregationTemporality(
                        io.opentelemetry.proto.metrics.v1.AggregationTemporality
                            .AGGREGATION_TEMPORALITY_CUMULATIVE)
                    .setIsMonotonic(true)
                    .build()))
        .isEqualTo("{\"aggregationTemporality\":2,\"isMonotonic\":true}");
    assertThat(json(Sum.newBuilder().setAggregationTemporalityValue(77).build()))
        .isEqualTo("{\"aggregationTemporality\":77}");
  }

  @Test
  void shouldEscapeText() {
    assertThat(json(AnyValue.newBuilder().setStringValue("\"\\\u001b\u202e日").build()))
        .isEqualTo("{\"stringValue\":\"\\\"\\\\\\u001b\\u202e\\u65e5\"}");
  }

  /** The same data through OpenTelemetry's own writer of this JSON. */
  @Test
  void shouldWriteTheSameAsOpenTelemetry() throws Exception {
    MetricsRequestMarshaler marshaler = MetricsRequestMarshaler.create(metricsOfAllKinds());
    ByteArrayOutputStream binary = new ByteArrayOutputStream();
    marshaler.writeBinaryTo(binary);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    marshaler.writeJsonTo(expected);

    JsonNode actual =
        JSON.readTree(json(ExportMetricsServiceRequest.parseFrom(binary.toByteArray())));

    assertThat(actual.findValuesAsText("traceId")).isNotEmpty();
    assertThat(actual.findValues("exponentialHistogram")).isNotEmpty();
    assertThat(withoutDefaults(actual))
        .isEqualTo(withoutDefaults(JSON.readTree(expected.toByteArray())));
  }

  /** OpenTelemetry's writer keeps some empty lists and objects, which readers take as absent. */
  private static JsonNode withoutDefaults(JsonNode node) throws IOException {
    JsonNode copy = node.deepCopy();
    removeDefaults(copy);
    return copy;
  }

  private static void removeDefaults(JsonNode node) {
    for (JsonNode child : node) {
      removeDefaults(child);
    }
    if (node.isObject()) {
      node.properties()
          .removeIf(entry -> entry.getValue().isContainerNode() && entry.getValue().isEmpty());
    }
  }

  private static Collection<MetricData> metricsOfAllKinds() {
    CollectingReader reader = new CollectingReader();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(
                Resource.create(
                    Attributes.builder()
                        .put("service.name", "shop")
                        .put("numbers", 1, 2, 3)
                        .put("flag", true)
                        .put("ratio", 0.5)
                        .build()))
            .registerView(
                InstrumentSelector.builder().setName("exponential").build(),
                View.builder()
                    .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                    .build())
            .registerMetricReader(reader)
            .build()) {
      Meter meter = provider.meterBuilder("scope").setInstrumentationVersion("1.2").build();
      meter.counterBuilder("longs").setUnit("{order}").build().add(3, attributes());
      meter.counterBuilder("doubles").ofDoubles().build().add(2.5);
      meter.upDownCounterBuilder("up-down").build().add(-7);
      meter.gaugeBuilder("gauge").build().set(-0.25, attributes());
      SpanContext span =
          SpanContext.create(
              "0af7651916cd43dd8448eb211c80319c",
              "b7ad6b7169203331",
              TraceFlags.getSampled(),
              TraceState.getDefault());
      Context inSpan = Context.root().with(Span.wrap(span));
      for (double value : new double[] {0, 0.1, 7, 1e9}) {
        meter.histogramBuilder("explicit").setUnit("s").build().record(value, attributes(), inSpan);
        meter.histogramBuilder("exponential").build().record(value, attributes(), inSpan);
      }
      return reader.collect();
    }
  }

  private static final class CollectingReader implements MetricReader {

    private CollectionRegistration registration = CollectionRegistration.noop();

    Collection<MetricData> collect() {
      return registration.collectAllMetrics();
    }

    @Override
    public void register(CollectionRegistration registered) {
      registration = registered;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
      return AggregationTemporality.DELTA;
    }
  }

  private static Attributes attributes() {
    return Attributes.builder()
        .put("text", "日本\"語")
        .put(AttributeKey.valueKey("bytes"), Value.of(new byte[] {1, 2, (byte) 0xff}))
        .put(
            AttributeKey.valueKey("nested"),
            Value.of(KeyValue.of("list", Value.of(List.of(Value.of(1), Value.of("x"))))))
        .build();
  }
}
