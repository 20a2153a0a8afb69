// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Properties as the Spring Boot starter shows them to the SDK (its {@code SpringConfigProperties},
 * 2.31.1): it makes a dot of each underscore of the name that it is asked for, and Spring then
 * compares each part of the name without hyphens and underscores.
 */
final class SpringProperties {

  private SpringProperties() {}

  static ConfigProperties of(Map<String, String> properties) {
    Map<String, String> byUniformName = new HashMap<>();
    properties.forEach((name, value) -> byUniformName.put(uniform(name), value));
    return (ConfigProperties)
        Proxy.newProxyInstance(
            SpringProperties.class.getClassLoader(),
            new Class<?>[] {ConfigProperties.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("getString");
              return byUniformName.get(uniform(((String) arguments[0]).replace('_', '.')));
            });
  }

  private static String uniform(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
  }
}
