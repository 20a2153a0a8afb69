// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCopierTest {

  private static final int ROOM = 1 << 17;
  private static final byte[] PID =
      new ResourceAttributes().put("process.pid", 4711).put("host.name", "häuschen").encode();

  private final RequestCheck check = new RequestCheck();
  private final EventCopier copier = new EventCopier();
  private final byte[] target = new byte[ROOM];

  @Test
  void shouldAppendAttributesToEachResourceAndChangeNothingElse() throws Exception {
    byte[] event = concat(request("a", "x", "y"), request("b", "z"));

    int end = copy(event, PID, 7);

    ExportMetricsServiceRequest copied = parse(7, end);
    assertThat(copied.getResourceMetricsList())
        .extracting(resource -> attribute(resource, "service.name"))
        .containsExactly("a", "b");
    assertThat(copied.getResourceMetricsList())
        .allSatisfy(
            resource -> {
              assertThat(attribute(resource, "user_events.process.pid")).isEqualTo("4711");
              assertThat(attribute(resource, "user_events.host.name")).isEqualTo("häuschen");
            });
    assertThat(withoutAgentsAttributes(copied))
        .isEqualTo(ExportMetricsServiceRequest.parseFrom(event));
  }

  @Test
  void shouldCopyTheBytesWhenThereIsNothingToAppend() {
    byte[] event = concat(request("a", "x"), request("b", "y"));

    int end = copy(event, new byte[0], 0);

    assertThat(Arrays.copyOf(target, end)).isEqualTo(event);
  }

  @Test
  void shouldGiveAResourceToMetricsWithoutOne() throws Exception {
    byte[] event = field(1, field(2, field(2, field(1, new byte[] {'x'}))));

    ExportMetricsServiceRequest copied = parse(0, copy(event, PID, 0));

    assertThat(attribute(copied.getResourceMetrics(0), "user_events.process.pid"))
        .isEqualTo("4711");
  }

  @Test
  void shouldAppendNothingWhereThereAreNoMetrics() {
    byte[] event = concat(field(1, new byte[0]), field(1, field(2, new byte[0])));

    int end = copy(event, PID, 0);

    assertThat(Arrays.copyOf(target, end)).isEqualTo(event);
  }

  @Test
  void shouldRefuseAnEventThatAttributesWouldMakeManyTimesAsLong() {
    byte[] smallest = field(1, field(2, field(1, new byte[0])));
    byte[] attributes = new ResourceAttributes().put("process.command", "c".repeat(250)).encode();
    byte[][] many = new byte[400][];
    Arrays.fill(many, smallest);

    assertThat(copy(concat(many), attributes, 0)).isEqualTo(EventCopier.TOO_MANY_RESOURCES);
    assertThat(copy(concat(request("a", "x"), request("b", "y")), attributes, 0)).isPositive();
  }

  @Test
  void shouldRenameAnAttributeOfTheWriterThatHasANameOfTheAgent() throws Exception {
    ResourceMetrics forged =
        resourceMetrics("a", "x").toBuilder()
            .setResource(
                Resource.newBuilder()
                    .addAttributes(keyValue("user_events.process.pid", "1"))
                    .addAttributes(keyValue("user_events.", "2"))
                    .addAttributes(keyValue("user_events", "3"))
                    .addAttributes(keyValue("my.user_events.process.pid", "4")))
            .build();
    byte[] event =
        ExportMetricsServiceRequest.newBuilder().addResourceMetrics(forged).build().toByteArray();

    ResourceMetrics copied = parse(0, copy(event, PID, 0)).getResourceMetrics(0);

    assertThat(copied.getResource().getAttributesList())
        .extracting(KeyValue::getKey)
        .containsExactly(
            "not_trusted.process.pid",
            "not_trusted.",
            "user_events",
            "my.user_events.process.pid",
            "user_events.process.pid",
            "user_events.host.name");
    assertThat(check.renamedAttributes()).isEqualTo(2);
  }

  @Test
  void shouldRenameInASecondResourceAndASecondKeyToo() throws Exception {
    // A parser merges two resources, and takes the last of two keys.
    byte[] twoKeys =
        concat(
            KeyValue.newBuilder().setKey("innocent").build().toByteArray(),
            keyValue("user_events.container.id", "forged").toByteArray());
    byte[] resource = concat(field(1, new byte[0]), field(1, twoKeys));
    byte[] resourceMetrics = concat(field(1, new byte[0]), field(1, resource));

    ResourceMetrics copied =
        parse(0, copy(field(1, resourceMetrics), PID, 0)).getResourceMetrics(0);

    assertThat(attribute(copied, "not_trusted.container.id")).isEqualTo("forged");
    assertThat(attribute(copied, "user_events.container.id")).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 127, 128, 129, 16_383, 16_384, 60_000})
  void shouldWriteLengthsOfAnyNumberOfBytes(int nameLength) throws Exception {
    byte[] event = request("a", "n".repeat(nameLength));

    ExportMetricsServiceRequest copied = parse(0, copy(event, PID, 0));

    assertThat(withoutAgentsAttributes(copied))
        .isEqualTo(ExportMetricsServiceRequest.parseFrom(event));
  }

  @Test
  void shouldWriteNothingBehindTheLimit() {
    byte[] event = request("a", "x");
    int end = copy(event, PID, 0);

    for (int limit = 0; limit < end; limit++) {
      byte[] small = new byte[end];
      assertThat(copier.copy(event.clone(), 0, event.length, PID, small, 0, limit))
          .isEqualTo(EventCopier.NO_ROOM);
      assertThat(Arrays.copyOfRange(small, limit, end)).containsOnly(0);
    }
    assertThat(copier.copy(event, 0, event.length, PID, new byte[end], 0, end)).isEqualTo(end);
  }

  @Test
  void shouldRefuseACutEvent() {
    byte[] event = request("a", "x");

    for (int length = 1; length < event.length; length++) {
      assertThat(copier.copy(event.clone(), 0, length, PID, target, 0, ROOM))
          .isEqualTo(EventCopier.MALFORMED);
    }
  }

  /** Whatever the agent lets through, a parser takes, as far as the agent looks at it. */
  @Test
  void shouldPassOnOnlyWhatParsesAtTheLevelsThatItLooksAt() throws Exception {
    byte[] event = concat(request("a", "x"), request("b", "y"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int passed = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = event.clone();
      for (int n = 0; n <= random.nextInt(3); n++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      int end = copy(damaged, PID, 0);
      if (end >= 0) {
        passed++;
        assertNoneForged(end, seed);
      }
    }
    assertThat(passed).isPositive();
  }

  private void assertNoneForged(int end, long seed) {
    ExportMetricsServiceRequest copied;
    try {
      copied = parse(0, end);
    } catch (InvalidProtocolBufferException e) {
      // Deeper than the agent looks: the endpoint refuses that event alone.
      return;
    }
    for (ResourceMetrics resource : copied.getResourceMetricsList()) {
      assertThat(
              resource.getResource().getAttributesList().stream()
                  .filter(attribute -> attribute.getKey().equals("user_events.process.pid")))
          .as("seed %s", seed)
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void shouldRefuseGroupsAndFieldsWithoutANumber() {
    byte[] group = {0x0B, 0x0C};
    byte[] noNumber = {0x02, 0x00};
    byte[] endlessVarint = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0};
    byte[] hugeLength = {0x0A, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};

    for (byte[] event : new byte[][] {group, noNumber, endlessVarint, hugeLength}) {
      assertThat(copy(event, PID, 0)).isEqualTo(EventCopier.MALFORMED);
    }
  }

  @Test
  void shouldCutALongValueAtACharactersEnd() throws Exception {
    String value = "x" + "é".repeat(ResourceAttributes.MAX_VALUE_BYTES);
    Resource resource = Resource.parseFrom(new ResourceAttributes().put("a", value).encode());

    String cut = resource.getAttributes(0).getValue().getStringValue();

    assertThat(cut.getBytes(UTF_8).length).isEqualTo(ResourceAttributes.MAX_VALUE_BYTES - 1);
    assertThat(value).startsWith(cut);
  }

  private int copy(byte[] event, byte[] resource, int offset) {
    byte[] checked = event.clone();
    // As the agent does. Another test checks the content.
    boolean unused = check.isRequest(checked, 0, checked.length);
    return copier.copy(checked, 0, checked.length, resource, target, offset, ROOM);
  }

  private ExportMetricsServiceRequest parse(int start, int end)
      throws InvalidProtocolBufferException {
    return ExportMetricsServiceRequest.parseFrom(ByteString.copyFrom(target, start, end - start));
  }

  private static ExportMetricsServiceRequest withoutAgentsAttributes(
      ExportMetricsServiceRequest request) {
    ExportMetricsServiceRequest.Builder builder = request.toBuilder();
    for (ResourceMetrics.Builder resource : builder.getResourceMetricsBuilderList()) {
      Resource.Builder own = resource.getResourceBuilder();
      for (int i = own.getAttributesCount() - 1; i >= 0; i--) {
        if (own.getAttributes(i).getKey().startsWith(ReservedNames.PREFIX)) {
          own.removeAttributes(i);
        }
      }
    }
    return builder.build();
  }

  private static @Nullable String attribute(ResourceMetrics resource, String key) {
    for (KeyValue attribute : resource.getResource().getAttributesList()) {
      if (attribute.getKey().equals(key)) {
        AnyValue value = attribute.getValue();
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
      }
    }
    return null;
  }

  static byte[] request(String service, String... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(resourceMetrics(service, metrics))
        .build()
        .toByteArray();
  }

  private static ResourceMetrics resourceMetrics(String service, String... metrics) {
    ScopeMetrics.Builder scope = ScopeMetrics.newBuilder();
    for (String metric : metrics) {
      scope.addMetrics(Metric.newBuilder().setName(metric).setUnit("1"));
    }
    return ResourceMetrics.newBuilder()
        .setResource(Resource.newBuilder().addAttributes(keyValue("service.name", service)))
        .addScopeMetrics(scope)
        .setSchemaUrl("https://opentelemetry.io/schemas/1.37.0")
        .build();
  }

  private static KeyValue keyValue(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static byte[] field(int number, byte[] value) {
    byte[] head = new byte[1 + Varint.size(value.length)];
    head[0] = OtlpFields.tag(number);
    int unused = Varint.write(value.length, head, 1);
    return concat(head, value);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
