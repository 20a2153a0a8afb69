// SPDX-License-Identifier: Apache-2.0
package io.userevents.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks the alert rules with Prometheus' own tool and against the documents. */
final class PrometheusRulesTest {

  private static final Path FOLDER = Archive.SOURCES.resolve("prometheus");
  private static final Path RULES = FOLDER.resolve("user-events-alerts.yaml");
  private static final Path TESTS = FOLDER.resolve("user-events-alerts-test.yaml");
  private static final Path RUNBOOK = Archive.DOCUMENTS.resolve("operations.md");
  private static final Pattern NAME = Pattern.compile("user_events_agent_[a-z_]+");

  /** The names of labels, which are like those of metrics. */
  private static final Set<String> LABELS =
      Set.of(
          "user_events_agent_queue",
          "user_events_agent_request_outcome",
          "user_events_agent_spool_operation");

  @Test
  void shouldFireWhereTheyHaveToAndNowhereElse() throws Exception {
    Command.require("promtool", "prometheus");

    Command.Result checked = Command.run("promtool", "check", "rules", RULES.toString());
    Command.Result tested = Command.run("promtool", "test", "rules", TESTS.toString());

    assertThat(checked.status()).as(checked.text()).isZero();
    assertThat(tested.status()).as(tested.text()).isZero();
  }

  @Test
  void shouldBeTestedBothWays() throws Exception {
    List<String> fire = new ArrayList<>();
    List<String> stayQuiet = new ArrayList<>();
    for (JsonNode test : read(TESTS).path("tests")) {
      for (JsonNode alert : test.path("alert_rule_test")) {
        (alert.path("exp_alerts").isEmpty() ? stayQuiet : fire)
            .add(alert.path("alertname").asText());
      }
    }

    assertThat(fire).hasSameElementsAs(alerts());
    assertThat(stayQuiet).hasSameElementsAs(alerts());
  }

  @Test
  void shouldUseMetricsThatTheDocumentsHave() throws Exception {
    assertThat(names(Files.readString(RULES))).isSubsetOf(documented());
  }

  @Test
  void shouldLeadToASectionOfTheRunbook() throws Exception {
    List<String> sections =
        Files.readString(RUNBOOK)
            .lines()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
            .toList();

    for (JsonNode rule : rules()) {
      assertThat(rule.path("annotations").path("runbook").asText())
          .startsWith("docs/operations.md#");
      assertThat(sections)
          .contains(rule.path("annotations").path("runbook").asText().replaceFirst(".*#", ""));
    }
  }

  /** The metrics that the runbook's page names. */
  static Set<String> documented() throws IOException {
    return names(Files.readString(RUNBOOK));
  }

  private static List<String> alerts() throws IOException {
    List<String> names = new ArrayList<>();
    rules().forEach(rule -> names.add(rule.path("alert").asText()));
    return names;
  }

  private static JsonNode rules() throws IOException {
    return read(RULES).path("groups").path(0).path("rules");
  }

  private static JsonNode read(Path file) throws IOException {
    return new ObjectMapper(new YAMLFactory()).readTree(file.toFile());
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    NAME.matcher(text).results().map(MatchResult::group).forEach(names::add);
    names.removeAll(LABELS);
    return names;
  }
}
