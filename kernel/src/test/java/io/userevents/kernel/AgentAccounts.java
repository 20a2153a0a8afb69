// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of an agent at one moment, from its {@code /metrics}. Each event that it had must be
 * in them with one outcome.
 *
 * @param values by the names and labels of the metrics, without the prefix that all of them have
 */
record AgentAccounts(Map<String, Long> values) {

  private static final String PREFIX = "user_events_agent_";
  private static final String DROPPED = "events_dropped_total";

  AgentAccounts {
    values = Map.copyOf(values);
  }

  /** Reads the text and checks that no event is missing in it. */
  static AgentAccounts parse(String text) {
    Map<String, Long> values = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(PREFIX)) {
        int space = line.lastIndexOf(' ');
        // Prometheus has doubles only.
        values.put(
            line.substring(PREFIX.length(), space),
            (long) Double.parseDouble(line.substring(space + 1)));
      }
    }
    AgentAccounts accounts = new AgentAccounts(values);
    assertThat(
            accounts.sent()
                + accounts.value("events_filtered_total")
                + accounts.dropped()
                + accounts.inMemory()
                + accounts.inSpool())
        .as("the outcomes of all events: %s", values)
        .isEqualTo(accounts.received() + accounts.recovered());
    return accounts;
  }

  long value(String name) {
    Long value = values.get(name);
    assertThat(value).as("%s in %s", name, values.keySet()).isNotNull();
    return value;
  }

  long received() {
    return value("events_received_total");
  }

  long recovered() {
    return value("events_recovered_total");
  }

  long sent() {
    return value("events_sent_total");
  }

  long inMemory() {
    return value("events_pending{user_events_agent_queue=\"memory\"}");
  }

  long inSpool() {
    return value("events_pending{user_events_agent_queue=\"spool\"}");
  }

  /** The events that were dropped, whatever the cause. */
  long dropped() {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(DROPPED))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  long dropped(String cause) {
    return value(DROPPED + "{error_type=\"" + cause + "\"}");
  }

  /** The requests with an outcome: accepted, retried or refused. */
  long requests(String outcome) {
    return value("requests_total{user_events_agent_request_outcome=\"" + outcome + "\"}");
  }
}
