// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.health.Measure;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Converts an agent's statistics to metrics. docs/operations.md explains each name. */
final class ForwarderMeasures {

  private static final String PREFIX = "user_events.agent.";
  private static final String EVENT = "{event}";
  private static final String REQUEST = "{request}";
  private static final String BYTES = "By";

  private ForwarderMeasures() {}

  static List<Measure> of(ForwarderStatistics statistics) {
    List<Measure> measures = new ArrayList<>();
    measures.add(
        counter(
            "events.received", EVENT, "Events received from the kernel.", statistics.received()));
    measures.add(
        counter(
            "events.recovered",
            EVENT,
            "Events that an earlier agent left in the spool.",
            statistics.recovered()));
    measures.add(
        counter(
            "events.lost",
            EVENT,
            "Events that the kernel lost because the agent read too slowly.",
            statistics.lostByKernel()));
    measures.add(
        counter(
            "events.sent",
            EVENT,
            "Events that the endpoint has accepted.",
            statistics.events(Outcome.SENT)));
    measures.add(
        counter(
            "events.filtered",
            EVENT,
            "Events that a filter has left out.",
            statistics.events(Outcome.FILTERED)));
    for (Outcome outcome : Outcome.values()) {
      if (outcome.isDropped()) {
        measures.add(
            counter(
                    "events.dropped",
                    EVENT,
                    "Events that were dropped, by cause.",
                    statistics.events(outcome))
                .with("cause", outcome.label()));
      }
    }
    for (Outcome outcome : List.of(Outcome.IN_MEMORY, Outcome.IN_SPOOL)) {
      measures.add(
          Measure.gauge(
                  PREFIX + "events.pending",
                  EVENT,
                  "Events that wait to be sent.",
                  statistics.events(outcome))
              .with("where", outcome == Outcome.IN_MEMORY ? "memory" : "spool"));
    }
    addRequests(measures, statistics);
    addPlaces(measures, statistics);
    return measures;
  }

  /**
   * Returns the start of this process, with the name that Prometheus' client libraries use. Alert
   * rules count restarts by it: counters do not show a restart before the first event. It is for
   * {@code /metrics} alone, because each point of a counter in OTLP has the time of the start.
   */
  static Measure processStart() {
    return Measure.gauge(
        "process.start_time_seconds",
        "s",
        "Start time of the process, in seconds since 1970.",
        TimeUnit.MILLISECONDS.toSeconds(ManagementFactory.getRuntimeMXBean().getStartTime()));
  }

  private static void addRequests(List<Measure> measures, ForwarderStatistics statistics) {
    String description = "Requests to the endpoint, by outcome.";
    measures.add(
        counter("requests", REQUEST, description, statistics.requestsAccepted())
            .with("outcome", "accepted"));
    measures.add(
        counter("requests", REQUEST, description, statistics.requestsRetried())
            .with("outcome", "retried"));
    measures.add(
        counter("requests", REQUEST, description, statistics.requestsRefused())
            .with("outcome", "refused"));
    measures.add(
        counter(
            "sent",
            BYTES,
            "Bytes of accepted requests before compression.",
            statistics.bytesSent()));
    measures.add(
        counter(
            "points.rejected",
            "{point}",
            "Data points that the endpoint rejected in requests that it accepted.",
            statistics.pointsRejected()));
    // There is no value until a request was answered or has failed.
    if (statistics.isEndpointKnown()) {
      measures.add(
          Measure.gauge(
              PREFIX + "endpoint.up",
              "1",
              "1 if the endpoint has answered the last request, otherwise 0.",
              statistics.isEndpointUp() ? 1 : 0));
    }
    measures.add(
        Measure.gauge(
            PREFIX + "last_sent",
            "s",
            "When the endpoint last accepted a request, in seconds since 1970; 0 before the first.",
            TimeUnit.MILLISECONDS.toSeconds(statistics.lastSentMs())));
  }

  private static void addPlaces(List<Measure> measures, ForwarderStatistics statistics) {
    measures.add(
        Measure.gauge(
            PREFIX + "spool", BYTES, "Bytes of the spool's files.", statistics.spoolBytes()));
    measures.add(
        Measure.gauge(
            PREFIX + "spool.limit",
            BYTES,
            "Maximum size of the spool's files.",
            statistics.spoolLimitBytes()));
    measures.add(
        Measure.gauge(
            PREFIX + "memory", BYTES, "Bytes of the batches in use.", statistics.memoryBytes()));
  }

  private static Measure counter(String name, String unit, String description, long value) {
    return Measure.counter(PREFIX + name, unit, description, value);
  }
}
