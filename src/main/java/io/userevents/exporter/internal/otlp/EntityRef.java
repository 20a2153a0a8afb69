// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.userevents.exporter.internal.otlp.OtlpFields.EntityReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reference to an entity of a resource: the attributes of the resource that identify and describe
 * it.
 *
 * @param schemaUrl null if it has none
 * @param type for example {@code service}
 * @param idKeys names of attributes
 * @param descriptionKeys names of attributes
 */
record EntityRef(
    @Nullable String schemaUrl, String type, List<String> idKeys, List<String> descriptionKeys) {

  /**
   * Returns the reference without attributes that are not in the list; null if an identifying
   * attribute is missing.
   */
  @Nullable EntityRef reducedTo(AttributeList attributes) {
    if (!idKeys.stream().allMatch(attributes::hasName)) {
      return null;
    }
    return new EntityRef(
        schemaUrl, type, idKeys, descriptionKeys.stream().filter(attributes::hasName).toList());
  }

  /**
   * Writes the reference.
   *
   * @param tag tag of the repeated EntityRef field
   */
  void writeTo(ProtoWriter writer, int tag) {
    int end = writer.length();
    strings(writer, EntityReference.DESCRIPTION_KEYS, descriptionKeys);
    strings(writer, EntityReference.ID_KEYS, idKeys);
    writer.stringFieldUnlessEmpty(EntityReference.TYPE, type);
    writer.stringFieldUnlessEmpty(EntityReference.SCHEMA_URL, schemaUrl);
    writer.messageHeader(tag, end);
  }

  private static void strings(ProtoWriter writer, int tag, List<String> strings) {
    for (int i = strings.size() - 1; i >= 0; i--) {
      writer.stringField(tag, strings.get(i));
    }
  }
}
