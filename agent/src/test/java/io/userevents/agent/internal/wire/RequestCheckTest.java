// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.wire;

import static io.userevents.agent.internal.wire.EventCopierTest.concat;
import static io.userevents.agent.internal.wire.EventCopierTest.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestCheckTest {

  private static final int ROUNDS = 30_000;

  private final RequestCheck check = new RequestCheck();

  @Test
  void shouldPassARequestWithEachFieldOfEachMessage() {
    byte[] request = full(ExportMetricsServiceRequest.getDefaultInstance(), 0).toByteArray();

    assertThat(check.isRequest(request, 0, request.length)).isTrue();
    assertThat(check.isRequest(concat(request, request), 0, 2 * request.length)).isTrue();
    assertThat(request.length).isGreaterThan(1000);
  }

  /** The descriptors are those of the generated classes: a field that is missing here shows. */
  @Test
  void shouldKnowEachFieldOfEachMessage() {
    assertKnown(
        ExportMetricsServiceRequest.getDescriptor(), RequestSchema.REQUEST, new StringBuilder());
  }

  private static void assertKnown(Descriptor message, int table, StringBuilder path) {
    if (path.length() > 300) {
      return;
    }
    for (FieldDescriptor field : message.getFields()) {
      int kind = RequestSchema.kind(table, field.getNumber());
      String name = path + "/" + field.getName();
      boolean isList = field.isRepeated();
      switch (field.getType()) {
        case MESSAGE -> {
          assertThat(kind).as(name).isGreaterThanOrEqualTo(RequestSchema.MESSAGE);
          assertKnown(
              field.getMessageType(), kind - RequestSchema.MESSAGE, new StringBuilder(name));
        }
        case STRING -> assertThat(kind).as(name).isEqualTo(RequestSchema.STRING);
        case BYTES ->
            assertThat(kind)
                .as(name)
                .isIn(RequestSchema.BYTES, RequestSchema.TRACE_ID, RequestSchema.SPAN_ID);
        case FIXED64, SFIXED64, DOUBLE ->
            assertThat(kind)
                .as(name)
                .isEqualTo(isList ? RequestSchema.FIXED_64_LIST : RequestSchema.FIXED_64);
        case FIXED32, SFIXED32, FLOAT ->
            assertThat(kind).as(name).isEqualTo(RequestSchema.FIXED_32);
        default ->
            assertThat(kind)
                .as(name)
                .isEqualTo(isList ? RequestSchema.VARINT_LIST : RequestSchema.VARINT);
      }
    }
  }

  @Test
  void shouldPassUnknownFields() {
    byte[] request =
        ExportMetricsServiceRequest.newBuilder()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        77,
                        UnknownFieldSet.Field.newBuilder()
                            .addVarint(1)
                            .addFixed32(2)
                            .addFixed64(3)
                            .addLengthDelimited(ByteString.copyFromUtf8("x"))
                            .build())
                    .build())
            .build()
            .toByteArray();

    assertThat(check.isRequest(request, 0, request.length)).isTrue();
  }

  /** Protobuf can parse every request that passes the check, even after mutations. */
  @Test
  void shouldPassOnlyWhatAParserTakes() throws Exception {
    byte[] request = full(ExportMetricsServiceRequest.getDefaultInstance(), 0).toByteArray();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int passed = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] damaged = request.clone();
      for (int n = 0; n <= random.nextInt(3); n++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
      if (check.isRequest(damaged, 0, length)) {
        passed++;
        try {
          ExportMetricsServiceRequest unused =
              ExportMetricsServiceRequest.parser().parseFrom(damaged, 0, length);
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError("seed " + seed + ", round " + i, e);
        }
      }
    }
    assertThat(passed).isBetween(1, ROUNDS - 1);
  }

  @Test
  void shouldRefuseAKnownFieldWithAnotherWireType() {
    byte[] varint = {0x08, 0x01};
    byte[] nested = field(1, field(2, field(2, new byte[] {0x08, 0x01})));

    assertThat(check.isRequest(varint, 0, varint.length)).isFalse();
    assertThat(check.isRequest(nested, 0, nested.length)).isFalse();
  }

  /** The Collector still reads it, so it can fail there. */
  @Test
  void shouldLookIntoTheScopesOfOldVersions() {
    byte[] tagOf1000 = {(byte) 0xC2, 0x3E};
    byte[] good = field(1, concat(tagOf1000, new byte[] {0x02, 0x12, 0x00}));
    byte[] bad = field(1, concat(tagOf1000, new byte[] {0x02, 0x12, 0x7F}));

    assertThat(check.isRequest(good, 0, good.length)).isTrue();
    assertThat(check.isRequest(bad, 0, bad.length)).isFalse();
  }

  @Test
  void shouldRefuseIdsOfTracesWithAnotherLength() {
    for (int length = 0; length < 20; length++) {
      assertThat(isExemplar(field(4, new byte[length]))).isEqualTo(length == 0 || length == 8);
      assertThat(isExemplar(field(5, new byte[length]))).isEqualTo(length == 0 || length == 16);
    }
  }

  private boolean isExemplar(byte[] exemplar) {
    byte[] request = field(1, field(2, field(2, field(7, field(1, field(5, exemplar))))));
    return check.isRequest(request, 0, request.length);
  }

  @Test
  void shouldRenameReservedAttributesOfPointsAndScopesToo() throws Exception {
    byte[] keyValue = field(1, "user_events_container_id".getBytes(StandardCharsets.UTF_8));
    byte[] point = field(7, field(1, field(7, keyValue)));
    byte[] request = field(1, field(2, concat(field(1, field(3, keyValue)), field(2, point))));

    assertThat(check.isRequest(request, 0, request.length)).isTrue();

    assertThat(check.renamedAttributes()).isEqualTo(2);
    String parsed = ExportMetricsServiceRequest.parseFrom(request).toString();
    assertThat(parsed).contains("not_trusted_container_id").doesNotContain("user_events");
  }

  @Test
  void shouldRefuseTextThatIsNotUtf8() {
    byte[][] bad = {
      {(byte) 0x80},
      {(byte) 0xC0, (byte) 0x80},
      {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
      {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
      {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xC3},
      {(byte) 0xFF}
    };
    for (byte[] name : bad) {
      byte[] request = field(1, field(2, field(2, field(1, name))));
      assertThat(check.isRequest(request, 0, request.length)).isFalse();
    }
    for (String name : new String[] {"", "ä", "€", "😀", "a\u0000b", "\uFFFF", "\uD7FF\uE000"}) {
      byte[] request =
          field(1, field(2, field(2, field(1, name.getBytes(StandardCharsets.UTF_8)))));
      assertThat(check.isRequest(request, 0, request.length)).as(name).isTrue();
    }
  }

  @Test
  void shouldRefuseEndlessNesting() {
    AnyValue value = AnyValue.newBuilder().setStringValue("x").build();
    int depth = 0;
    boolean isPassed = true;
    while (isPassed && depth < 200) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
      depth++;
      byte[] keyValue = field(2, value.toByteArray());
      byte[] request = field(1, field(1, field(1, keyValue)));
      isPassed = check.isRequest(request, 0, request.length);
    }
    assertThat(depth).isBetween(10, RequestCheck.MAX_DEPTH);
  }

  @Test
  void shouldRefusePackedListsThatEndInTheMiddle() {
    byte[] sevenBytes = field(6, new byte[7]);
    byte[] eightBytes = field(6, new byte[8]);
    assertThat(isHistogramPoint(sevenBytes)).isFalse();
    assertThat(isHistogramPoint(eightBytes)).isTrue();
  }

  private boolean isHistogramPoint(byte[] point) {
    byte[] metric = field(9, field(1, point));
    byte[] request = field(1, field(2, field(2, metric)));
    return check.isRequest(request, 0, request.length);
  }

  /** A message with a value in each field; of a oneof the last, but metrics of each kind. */
  private static Message full(Message empty, int depth) {
    Message.Builder builder = empty.toBuilder();
    for (FieldDescriptor field : empty.getDescriptorForType().getFields()) {
      if (field.isRepeated() && field.getJavaType() == JavaType.MESSAGE && isMetric(field)) {
        for (FieldDescriptor kind : field.getMessageType().getOneofs().get(0).getFields()) {
          Message.Builder metric = full(Metric.getDefaultInstance(), depth + 1).toBuilder();
          metric.setField(kind, full(metric.newBuilderForField(kind).build(), depth + 2));
          builder.addRepeatedField(field, metric.build());
        }
        continue;
      }
      Object value = value(builder, field, depth);
      if (value == null) {
        continue;
      }
      if (field.isRepeated()) {
        builder.addRepeatedField(field, value);
        builder.addRepeatedField(field, value);
      } else {
        builder.setField(field, value);
      }
    }
    return builder.build();
  }

  private static boolean isMetric(FieldDescriptor field) {
    return field.getMessageType().equals(Metric.getDescriptor());
  }

  private static @Nullable Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case MESSAGE -> depth > 9 ? null : full(builder.newBuilderForField(field).build(), depth + 1);
      case STRING -> "tëxt";
      case BYTE_STRING ->
          switch (field.getName()) {
            case "trace_id" -> ByteString.copyFrom(new byte[16]);
            case "span_id" -> ByteString.copyFrom(new byte[8]);
            default -> ByteString.copyFromUtf8("bytes");
          };
      case LONG -> -1L;
      case INT -> -1;
      case DOUBLE -> 1.5;
      case FLOAT -> 1.5f;
      case BOOLEAN -> true;
      case ENUM -> field.getEnumType().getValues().get(0);
    };
  }
}
