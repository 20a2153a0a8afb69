// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.userevents.cli.console.Text;

/**
 * Reads the attributes of a resource that identify the writer of an event. The texts are safe to
 * show.
 */
public final class ResourceText {

  private ResourceText() {}

  /** Returns {@code service.name}, or an empty text. */
  public static String service(ResourceMetrics resource) {
    return attribute(resource, "service.name");
  }

  /** Returns {@code service.instance.id}, or an empty text. */
  static String instance(ResourceMetrics resource) {
    return attribute(resource, "service.instance.id");
  }

  private static String attribute(ResourceMetrics resource, String key) {
    for (KeyValue attribute : resource.getResource().getAttributesList()) {
      if (attribute.getKey().equals(key)) {
        return Text.printable(attribute.getValue().getStringValue());
      }
    }
    return "";
  }
}
