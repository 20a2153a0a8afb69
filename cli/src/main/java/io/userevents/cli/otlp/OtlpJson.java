// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.userevents.cli.console.Json;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Writes OTLP messages as JSON. The rules are those of protobuf's JSON with the exceptions of the
 * OTLP specification ("JSON Protobuf Encoding"): ids of traces and spans are hexadecimal, enums are
 * integers, names are in lowerCamelCase. Protobuf's own {@code JsonFormat} writes these ids in
 * Base64. Fields with their default value are left out, unless they track presence.
 *
 * <p>The fields come from the message's descriptor, so a newer library adds the fields of a newer
 * protocol. Fields that the library does not know are left out.
 */
public final class OtlpJson {

  private static final Set<String> HEX_FIELDS = Set.of("trace_id", "span_id", "parent_span_id");

  private OtlpJson() {}

  /** Adds a message as an object. */
  public static void add(Json json, Message message) {
    json.begin();
    // Does not use getAllFields, which creates a sorted map for each message.
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (isSet(message, field)) {
        json.name(field.getJsonName());
        addField(json, field, message.getField(field));
      }
    }
    json.end();
  }

  private static boolean isSet(Message message, FieldDescriptor field) {
    return field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
  }

  /** OTLP has no maps. */
  private static void addField(Json json, FieldDescriptor field, Object value) {
    if (!field.isRepeated()) {
      addValue(json, field, value);
      return;
    }
    json.beginArray();
    for (Object element : (List<?>) value) {
      addValue(json, field, element);
    }
    json.endArray();
  }

  private static void addValue(Json json, FieldDescriptor field, Object value) {
    switch (field.getType()) {
      case INT64, SINT64, SFIXED64 -> json.value(Long.toString((Long) value));
      case UINT64, FIXED64 -> json.value(Long.toUnsignedString((Long) value));
      case INT32, SINT32, SFIXED32 -> json.value((long) (Integer) value);
      case UINT32, FIXED32 -> json.value(Integer.toUnsignedLong((Integer) value));
      case DOUBLE -> json.value((Double) value);
      case FLOAT -> json.value((double) (Float) value);
      case BOOL -> json.value((Boolean) value);
      case STRING -> json.value((String) value);
      case BYTES -> json.value(bytes(field.getName(), (ByteString) value));
      case ENUM -> json.value((long) ((EnumValueDescriptor) value).getNumber());
      case MESSAGE, GROUP -> add(json, (Message) value);
    }
  }

  private static String bytes(String field, ByteString value) {
    byte[] bytes = value.toByteArray();
    return HEX_FIELDS.contains(field)
        ? HexFormat.of().formatHex(bytes)
        : Base64.getEncoder().encodeToString(bytes);
  }
}
