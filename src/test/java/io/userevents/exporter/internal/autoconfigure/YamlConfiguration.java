// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.incubator.config.ConfigProvider;
import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.sdk.autoconfigure.declarativeconfig.DeclarativeConfiguration;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ExtendedDeclarativeConfigProperties;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
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

  /**
   * Has a provider make something as the SDK does, which shows it its own settings as well.
   *
   * @param ofSdk what stands below {@code otel_sdk}
   */
  static Object createInSdk(ComponentProvider provider, String yaml, String ofSdk) {
    DeclarativeConfigProperties config = node(yaml);
    ConfigProvider sdk =
        new ConfigProvider() {
          @Override
          public DeclarativeConfigProperties getInstrumentationConfig() {
            throw new AssertionError("what concerns others as well");
          }

          @Override
          public DeclarativeConfigProperties getInstrumentationConfig(String name) {
            return node(name.equals("otel_sdk") ? ofSdk : "{}");
          }
        };
    return provider.create(
        (DeclarativeConfigProperties)
            Proxy.newProxyInstance(
                YamlConfiguration.class.getClassLoader(),
                new Class<?>[] {ExtendedDeclarativeConfigProperties.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getConfigProvider")
                        ? sdk
                        : method.invoke(config, arguments)));
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
