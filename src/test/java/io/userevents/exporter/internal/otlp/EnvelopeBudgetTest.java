// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import static io.userevents.exporter.internal.otlp.TestMetrics.ATTRIBUTES;
import static io.userevents.exporter.internal.otlp.TestMetrics.RESOURCE;
import static io.userevents.exporter.internal.otlp.TestMetrics.SCOPE;
import static io.userevents.exporter.internal.otlp.TestMetrics.longGauge;
import static io.userevents.exporter.internal.otlp.TestMetrics.longPoint;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import io.userevents.exporter.internal.otlp.EnvelopeReduction.Part;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tests of the parts around the points of a record that are longer than their share of it. */
class EnvelopeBudgetTest {

  private static final EncoderLimits LIMITS = new EncoderLimits(4048, 8168, Integer.MAX_VALUE);
  private static final int RESOURCE_BUDGET = 2024;
  private static final int SCOPE_BUDGET = 506;
  private static final int METRIC_BUDGET = 506;

  /** How much less than a budget may be used, for lengths that are longer with the whole text. */
  private static final int SLACK = 12;

  private static final LongPointData POINT = longPoint(1, ATTRIBUTES);
  private static final List<String> ARGUMENTS =
      List.of("/usr/bin/java", "-Xmx512m", "-cp", "x".repeat(3400), "io.example.Orders");

  private static final Resource AGENT =
      Resource.create(
          Attributes.builder()
              .put("host.name", "trade-17")
              .put(AttributeKey.stringArrayKey("process.command_args"), ARGUMENTS)
              .put("process.executable.path", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java")
              .put("process.pid", 4711)
              .put("service.instance.id", "d0b6b7d8-2c4a-4f0e-9d4c-0f5d3b1f6c11")
              .put("service.name", "orders")
              .put("telemetry.sdk.name", "opentelemetry")
              .build(),
          "https://opentelemetry.io/schemas/1.37.0");

  @Test
  void shouldExportAllPointsOfServiceWithALongCommandLine() throws Exception {
    LongPointData[] points = Collections.nCopies(100, POINT).toArray(new LongPointData[0]);
    MetricData metric = longGauge(AGENT, SCOPE, "depth", "", points);

    CollectedRecords records = encode(metric);

    assertThat(records.pointCounts.stream().mapToInt(count -> count).sum()).isEqualTo(100);
    assertThat(records.tooLarge).isEmpty();
    assertThat(records.reduced).isEmpty();
    assertThat(records.records).allSatisfy(bytes -> assertThat(bytes).hasSizeLessThan(4049));
    OracleCheck.assertRecordsAreTheExport(records, List.of(metric), LIMITS, "agent");
  }

  @Test
  void shouldCutTheCommandLineAndNothingElse() throws Exception {
    CollectedRecords records = encode(longGauge(AGENT, SCOPE, "depth", "", POINT));

    ResourceMetrics resource = resource(records);
    Map<String, AnyValue> attributes = byName(resource.getResource().getAttributesList());
    assertThat(attributes.keySet())
        .containsExactly(
            "host.name",
            "process.command_args",
            "process.executable.path",
            "process.pid",
            "service.instance.id",
            "service.name",
            "telemetry.sdk.name");
    // The class path is the first element that does not fit.
    assertThat(value(attributes, "process.command_args").getArrayValue().getValuesList())
        .extracting(AnyValue::getStringValue)
        .containsExactly("/usr/bin/java", "-Xmx512m", "-cp", "…");
    assertThat(resource.getSchemaUrl()).isEqualTo(AGENT.getSchemaUrl());
  }

  @Test
  void shouldLeaveOutOneCommandLineIfAnotherOneIsAsLong() throws Exception {
    Resource both =
        AGENT.toBuilder().put("process.command_line", String.join(" ", ARGUMENTS)).build();

    Map<String, AnyValue> attributes =
        byName(
            resource(encode(longGauge(both, SCOPE, "a", "", POINT)))
                .getResource()
                .getAttributesList());

    assertThat(attributes).doesNotContainKey("process.command_args");
    assertThat(value(attributes, "process.command_line").getStringValue())
        .startsWith("/usr/bin/java -Xmx512m -cp xxx")
        .endsWith("x…");
  }

  @Test
  void shouldTellWhatWasCutAndByHowMuch() {
    CollectedRecords records = encode(longGauge(AGENT, SCOPE, "depth", "", POINT, POINT));

    assertThat(records.envelopes)
        .singleElement()
        .satisfies(
            reduction -> {
              assertThat(reduction.part()).isEqualTo(Part.RESOURCE);
              assertThat(reduction.name()).isEqualTo("orders");
              assertThat(reduction.budget()).isEqualTo(RESOURCE_BUDGET);
              assertThat(reduction.cuts())
                  .extracting(Cut::field)
                  .containsExactly("process.command_args");
              assertThat(reduction.cuts().get(0).length()).isGreaterThan(3400);
              assertThat(reduction.cuts().get(0).keptLength()).isBetween(30, 100);
            });
  }

  @Test
  void shouldTellOnceAsLongAsItIsKept() {
    RecordEncoder encoder = new RecordEncoder(LIMITS, NamePatterns.NONE, 1 << 16);
    CollectedRecords records = new CollectedRecords();
    for (int export = 0; export < 3; export++) {
      encoder.encode(
          List.of(
              longGauge(AGENT, SCOPE, "a", "", POINT),
              longGauge(RESOURCE, SCOPE, "b", "", POINT),
              longGauge(AGENT, SCOPE, "c", "", POINT)),
          records);
    }

    assertThat(records.envelopes).hasSize(1);
    assertThat(records.pointCounts.stream().mapToInt(count -> count).sum()).isEqualTo(9);
  }

  @Test
  void shouldUseTheWholeBudgetForTextThatIsCut() throws Exception {
    Resource resource =
        Resource.create(Attributes.builder().put("process.command_line", "é".repeat(3000)).build());

    ResourceMetrics cut = resource(encode(longGauge(resource, SCOPE, "a", "", POINT)));

    String text = cut.getResource().getAttributes(0).getValue().getStringValue();
    assertThat(text).matches("é+…");
    assertThat(sizeOf(cut)).isBetween(RESOURCE_BUDGET - SLACK, RESOURCE_BUDGET);
  }

  @Test
  void shouldNotTouchWhatFitsExactly() {
    MetricData metric = longGauge(filled(0), SCOPE, "a", "", POINT);
    MetricData longer = longGauge(filled(1), SCOPE, "a", "", POINT);

    assertThat(encode(metric).envelopes).isEmpty();
    assertThat(encode(metric).records).containsExactly(SdkMarshaler.marshal(metric));
    assertThat(encode(longer).envelopes).hasSize(1);
  }

  @Test
  void shouldCutOrdinaryTextBeforeThatWhichIdentifies() throws Exception {
    Resource resource =
        Resource.create(
            Attributes.builder()
                .put("a.long", "a".repeat(1500))
                .put("a.short", "short")
                .put("service.version", "v".repeat(1500))
                .put("service.name", "orders")
                .build());

    Map<String, AnyValue> attributes =
        byName(
            resource(encode(longGauge(resource, SCOPE, "a", "", POINT)))
                .getResource()
                .getAttributesList());

    assertThat(attributes.keySet())
        .containsExactly("a.long", "a.short", "service.name", "service.version");
    assertThat(value(attributes, "a.long").getStringValue()).matches("a{300,500}…");
    assertThat(value(attributes, "service.version").getStringValue()).isEqualTo("v".repeat(1500));
  }

  @Test
  void shouldLeaveOutOrdinaryAttributesBeforeThoseWhichIdentify() throws Exception {
    AttributesBuilder builder = Attributes.builder();
    for (int i = 0; i < 100; i++) {
      builder.put("label." + i, "x".repeat(100 + i));
    }
    builder.put("k8s.pod.id", "p".repeat(200));
    builder.put("host.name", "trade-17");
    builder.put("service.name", "orders");
    Resource resource = Resource.create(builder.build());

    CollectedRecords records = encode(longGauge(resource, SCOPE, "a", "", POINT));

    Map<String, AnyValue> attributes = byName(resource(records).getResource().getAttributesList());
    assertThat(attributes).containsKeys("k8s.pod.id", "host.name", "service.name", "label.0");
    // The longest go first.
    assertThat(attributes).doesNotContainKey("label.99").hasSizeBetween(15, 20);
    assertThat(value(attributes, "k8s.pod.id").getStringValue()).isEqualTo("p".repeat(200));
    assertThat(records.envelopes.get(0).cuts()).hasSize(103 - attributes.size());
  }

  @Test
  void shouldKeepTheNameOfTheServiceToTheLast() throws Exception {
    AttributesBuilder builder = Attributes.builder();
    for (int i = 0; i < 100; i++) {
      builder.put("service.label." + i, "x".repeat(20));
    }
    builder.put("service.name", "n".repeat(200));
    Resource resource = Resource.create(builder.build());

    Map<String, AnyValue> attributes =
        byName(
            resource(encode(longGauge(resource, SCOPE, "a", "", POINT)))
                .getResource()
                .getAttributesList());

    assertThat(value(attributes, "service.name").getStringValue()).isEqualTo("n".repeat(200));
    assertThat(attributes).hasSizeGreaterThan(30);
  }

  @Test
  void shouldLeaveOutValuesThatDecodersWouldRefuse() throws Exception {
    io.opentelemetry.api.common.Value<?> deep = io.opentelemetry.api.common.Value.of(1);
    for (int i = 0; i < 1000; i++) {
      deep = io.opentelemetry.api.common.Value.of(deep);
    }
    Resource resource =
        Resource.create(
            Attributes.builder()
                .put(AttributeKey.valueKey("deep"), deep)
                .put("service.name", "orders")
                .build());

    CollectedRecords records = encode(longGauge(resource, SCOPE, "a", "", POINT));

    assertThat(byName(resource(records).getResource().getAttributesList()).keySet())
        .containsExactly("service.name");
    assertThat(records.envelopes.get(0).cuts())
        .containsExactly(new Cut("deep", Integer.MAX_VALUE, 0));
  }

  @Test
  void shouldLeaveOutSchemaUrlOfMoreThanAQuarter() throws Exception {
    Resource resource = Resource.create(RESOURCE.getAttributes(), "u".repeat(5000));

    CollectedRecords records = encode(longGauge(resource, SCOPE, "a", "", POINT));

    assertThat(resource(records).getSchemaUrl()).isEmpty();
    assertThat(resource(records).getResource().getAttributesCount())
        .isEqualTo(RESOURCE.getAttributes().size());
    assertThat(records.envelopes.get(0).cuts())
        .extracting(Cut::field)
        .containsExactly("schema_url");
  }

  @Test
  void shouldReduceTheCommandLineBeforeLeavingOutTheSchemaUrl() throws Exception {
    Resource resource = Resource.create(AGENT.getAttributes(), "u".repeat(600));

    CollectedRecords records = encode(longGauge(resource, SCOPE, "a", "", POINT));

    assertThat(resource(records).getSchemaUrl()).isEqualTo("u".repeat(600));
    assertThat(records.envelopes.get(0).cuts())
        .extracting(Cut::field)
        .containsExactly("process.command_args");
  }

  @Test
  void shouldCutAttributesOfAScopeBeforeItsVersionAndName() throws Exception {
    InstrumentationScopeInfo scope =
        InstrumentationScopeInfo.builder("io.example.book")
            .setVersion("1.2.3")
            .setSchemaUrl("https://example.org/scope")
            .setAttributes(Attributes.builder().put("team", "t".repeat(5000)).build())
            .build();

    CollectedRecords records = encode(longGauge(RESOURCE, scope, "a", "", POINT));

    ScopeMetrics cut = resource(records).getScopeMetrics(0);
    assertThat(cut.getScope().getName()).isEqualTo("io.example.book");
    assertThat(cut.getScope().getVersion()).isEqualTo("1.2.3");
    assertThat(cut.getSchemaUrl()).isEqualTo("https://example.org/scope");
    assertThat(cut.getScope().getAttributes(0).getValue().getStringValue()).matches("t{300,}…");
    assertThat(records.envelopes.get(0).part()).isEqualTo(Part.SCOPE);
    assertThat(records.envelopes.get(0).name()).isEqualTo("io.example.book");
  }

  @Test
  void shouldCutNameOfAScopeAtLast() throws Exception {
    InstrumentationScopeInfo scope =
        InstrumentationScopeInfo.builder("n".repeat(5000))
            .setVersion("v".repeat(5000))
            .setSchemaUrl("u".repeat(100))
            .setAttributes(Attributes.builder().put("team", "core").build())
            .build();

    CollectedRecords records = encode(longGauge(RESOURCE, scope, "a", "", POINT));

    ScopeMetrics cut = resource(records).getScopeMetrics(0);
    assertThat(cut.getScope().getName()).matches("n+…");
    assertThat(cut.getScope().getVersion()).isEmpty();
    assertThat(cut.getSchemaUrl()).isEmpty();
    assertThat(cut.getScope().getAttributesList()).isEmpty();
    assertThat(cut.toBuilder().clearMetrics().build().getSerializedSize())
        .isBetween(SCOPE_BUDGET - SLACK, SCOPE_BUDGET);
    assertThat(records.envelopes.get(0).cuts())
        .extracting(Cut::field)
        .containsExactly("team", "name", "version", "schema_url");
  }

  @Test
  void shouldCutDescriptionOfAMetricBeforeItsUnitAndName() throws Exception {
    CollectedRecords records = encode(longGauge(RESOURCE, SCOPE, "depth", "d".repeat(5000), POINT));

    Metric cut = resource(records).getScopeMetrics(0).getMetrics(0);
    assertThat(cut.getName()).isEqualTo("depth");
    assertThat(cut.getUnit()).isEqualTo("{level}");
    assertThat(cut.getDescription()).matches("d{400,}…");
    assertThat(headerSize(cut)).isBetween(METRIC_BUDGET - SLACK, METRIC_BUDGET);
    assertThat(records.envelopes)
        .containsExactly(
            new EnvelopeReduction(
                Part.METRIC,
                "depth",
                METRIC_BUDGET,
                List.of(new Cut("description", 5000, cut.getDescription().length() + 2))));
  }

  @Test
  void shouldCutNameOfAMetricAtLast() throws Exception {
    CollectedRecords records =
        encode(longGauge(RESOURCE, SCOPE, "n".repeat(5000), "some description", POINT));

    Metric cut = resource(records).getScopeMetrics(0).getMetrics(0);
    assertThat(cut.getName()).matches("n+…");
    assertThat(cut.getUnit()).isEmpty();
    assertThat(cut.getDescription()).isEmpty();
    assertThat(headerSize(cut)).isBetween(METRIC_BUDGET - SLACK, METRIC_BUDGET);
  }

  @Test
  void shouldAlwaysLeaveAQuarterForPoints() {
    AttributesBuilder hostile = Attributes.builder();
    for (int i = 0; i < 300; i++) {
      hostile.put("service." + i, "é".repeat(i));
    }
    InstrumentationScopeInfo scope =
        InstrumentationScopeInfo.builder("n".repeat(700))
            .setVersion("v".repeat(700))
            .setAttributes(hostile.build())
            .build();
    Resource resource = Resource.create(hostile.build(), "u".repeat(400));
    for (int packedLength : new int[] {800, 1000, 4048, 8168}) {
      // Less the headers of the messages around it, of the value and of the text.
      String text = "x".repeat(packedLength / 4 - 80);
      LongPointData point = longPoint(1, Attributes.builder().put("k", text).build());

      CollectedRecords records =
          CollectedRecords.encode(
              new EncoderLimits(packedLength, packedLength, Integer.MAX_VALUE),
              List.of(longGauge(resource, scope, "m".repeat(700), "d".repeat(700), point)));

      assertThat(records.pointCounts).as("packedLength=%d", packedLength).containsExactly(1);
      assertThat(records.reduced).as("packedLength=%d", packedLength).isEmpty();
    }
  }

  @Test
  void shouldLeaveOutExcludedAttributesOfResourcesOnly() throws Exception {
    RecordEncoder encoder =
        new RecordEncoder(
            LIMITS, NamePatterns.of(List.of("process.*", "host.name", "team")), 1 << 16);
    CollectedRecords records = new CollectedRecords();

    encoder.encode(List.of(longGauge(AGENT, SCOPE, "a", "", POINT)), records);

    assertThat(byName(resource(records).getResource().getAttributesList()).keySet())
        .containsExactly("service.instance.id", "service.name", "telemetry.sdk.name");
    assertThat(resource(records).getScopeMetrics(0).getScope().getAttributes(0).getKey())
        .isEqualTo("team");
    assertThat(records.envelopes).isEmpty();
  }

  private static CollectedRecords encode(MetricData metric) {
    return CollectedRecords.encode(LIMITS, List.of(metric));
  }

  /** Takes so many bytes more than the budget. */
  private static Resource filled(int more) {
    Resource base = Resource.create(Attributes.builder().put("k", "x".repeat(1000)).build());
    int length =
        sizeOf(SdkMarshaler.request(longGauge(base, SCOPE, "a", "", POINT)).getResourceMetrics(0));
    int missing = RESOURCE_BUDGET - length;
    return Resource.create(
        Attributes.builder().put("k", "x".repeat(1000 + missing + more)).build());
  }

  private static ResourceMetrics resource(CollectedRecords records) throws Exception {
    return records.decoded().get(0).getResourceMetrics(0);
  }

  private static int sizeOf(ResourceMetrics resource) {
    return resource.toBuilder().clearScopeMetrics().build().getSerializedSize();
  }

  private static int headerSize(Metric metric) {
    return metric.toBuilder().clearGauge().build().getSerializedSize();
  }

  private static AnyValue value(Map<String, AnyValue> attributes, String name) {
    return requireNonNull(attributes.get(name), name);
  }

  private static Map<String, AnyValue> byName(List<KeyValue> attributes) {
    Map<String, AnyValue> map = new TreeMap<>();
    attributes.forEach(attribute -> map.put(attribute.getKey(), attribute.getValue()));
    return map;
  }
}
