// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.sdk.autoconfigure.declarativeconfig.DeclarativeConfiguration;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/**
 * The SDK's own reader of YAML. A class by itself, so that tests that use it can be looked at, and
 * left out, where the SDK has no such reader.
 */
final class YamlConfiguration {

  private YamlConfiguration() {}

  /** Has a provider make something from the node below the keys; of a list, from the first. */
  static Object create(ComponentProvider provider, String yaml, String... path) {
    return provider.create(node(yaml, path));
  }

  private static DeclarativeConfigProperties node(String yaml, String... path) {
    DeclarativeConfigProperties node =
        DeclarativeConfiguration.toConfigProperties(
            new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    for (String key : path) {
      DeclarativeConfigProperties mapping = node.getStructured(key);
      node = mapping != null ? mapping : requireNonNull(node.getStructuredList(key), key).get(0);
    }
    return node;
  }
}
