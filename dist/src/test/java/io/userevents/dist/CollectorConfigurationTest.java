// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Checks the Collector's configuration without a Collector. {@link CollectorTest} runs one where
 * there is one; docs/deployment.md names the version.
 */
final class CollectorConfigurationTest {

  private static final Path FILE = Archive.SOURCES.resolve("collector/collector.yaml");

  /** The keys of each component that Collector 0.165 accepted. */
  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "receivers.otlp", Set.of("protocols"),
          "processors.memory_limiter",
              Set.of("check_interval", "limit_percentage", "spike_limit_percentage"),
          "processors.deltatocumulative", Set.of("max_stale", "max_streams"),
          "exporters.prometheus",
              Set.of("endpoint", "metric_expiration", "resource_to_telemetry_conversion"),
          "service.telemetry", Set.of("metrics"),
          "service.pipelines", Set.of("metrics"));

  @Test
  void shouldHaveKnownKeysAlone() throws Exception {
    JsonNode configuration = read();

    assertThat(names(configuration))
        .containsExactly("receivers", "processors", "exporters", "service");
    configuration
        .properties()
        .forEach(
            section ->
                section
                    .getValue()
                    .properties()
                    .forEach(
                        part ->
                            assertThat(
                                    KEYS.getOrDefault(
                                        section.getKey() + "." + part.getKey(), Set.of()))
                                .as("%s.%s", section.getKey(), part.getKey())
                                .containsExactlyInAnyOrderElementsOf(names(part.getValue()))));
  }

  @Test
  void shouldUseEachComponentThatItHas() throws Exception {
    JsonNode configuration = read();
    JsonNode pipeline = configuration.path("service").path("pipelines").path("metrics");

    for (String kind : List.of("receivers", "processors", "exporters")) {
      List<String> used = new ArrayList<>();
      pipeline.path(kind).forEach(name -> used.add(name.asText()));
      assertThat(names(configuration.path(kind)))
          .as(kind)
          .containsExactlyInAnyOrderElementsOf(used);
    }
  }

  @Test
  void shouldTakeRequestsLargerThanTheAgentSends() throws Exception {
    long limit = read().at("/receivers/otlp/protocols/http/max_request_body_size").asLong();

    // --batch-size of the agent; a larger event goes alone.
    assertThat(limit).isGreaterThan(4L << 20);
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode read() throws IOException {
    return new ObjectMapper(new YAMLFactory()).readTree(FILE.toFile());
  }
}
