// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.health.Measure;
import io.userevents.agent.internal.spool.PreviousRun;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Converts an agent's statistics to metrics. docs/operations.md explains each name. */
final class ForwarderMeasures {

  private static final String PREFIX = "user_events.agent.";
  private static final String EVENT = "{event}";
  private static final String REQUEST = "{request}";
  private static final String FAILURE = "{failure}";
  private static final String BYTES = "By";
  private static final String SECONDS = "s";

  /** Attributes. Those that the semantic conventions do not have begin with the prefix. */
  private static final String ERROR_TYPE = "error.type";

  private static final String THREAD_NAME = "thread.name";
  private static final String QUEUE = PREFIX + "queue";
  private static final String REQUEST_OUTCOME = PREFIX + "request.outcome";
  private static final String SPOOL_OPERATION = PREFIX + "spool.operation";

  private final List<Measure> measures = new ArrayList<>();
  private final ForwarderStatistics statistics;

  private ForwarderMeasures(ForwarderStatistics statistics) {
    this.statistics = statistics;
  }

  static List<Measure> of(ForwarderStatistics statistics) {
    ForwarderMeasures all = new ForwarderMeasures(statistics);
    all.addEvents();
    all.addLosses();
    all.addRequests();
    all.addPlaces();
    all.addFaults();
    all.addPreviousRun();
    return all.measures;
  }

  /**
   * Returns the start of this process, with the name that Prometheus' client libraries use. Alert
   * rules count restarts by it: counters do not show a restart before the first event. It is for
   * {@code /metrics} alone, because each point of a counter in OTLP has the time of the start.
   */
  static Measure processStart() {
    return Measure.gauge(
        "process.start_time_seconds",
        SECONDS,
        "Start time of the process, in seconds since 1970.",
        TimeUnit.MILLISECONDS.toSeconds(ManagementFactory.getRuntimeMXBean().getStartTime()));
  }

  private void addEvents() {
    count("events.received", EVENT, "Events received from the kernel.", statistics.received());
    count(
        "received",
        BYTES,
        "Bytes of the events received from the kernel.",
        statistics.receivedBytes());
    count(
        "events.recovered",
        EVENT,
        "Events that an earlier agent left in the spool.",
        statistics.recovered());
    count(
        "events.sent",
        EVENT,
        "Events that the endpoint has accepted.",
        statistics.events(Outcome.SENT));
    count(
        "events.filtered",
        EVENT,
        "Events that a filter has left out.",
        statistics.events(Outcome.FILTERED));
    count(
        "metrics.filtered",
        "{metric}",
        "Metrics that a filter has removed, also from events that have other metrics.",
        statistics.filteredMetrics());
    for (Outcome outcome : Outcome.values()) {
      if (outcome.isDropped()) {
        add(
            counter(
                    "events.dropped",
                    EVENT,
                    "Events that were dropped, by cause.",
                    statistics.events(outcome))
                .with(ERROR_TYPE, outcome.label()));
      }
    }
    for (Outcome outcome : List.of(Outcome.IN_MEMORY, Outcome.IN_SPOOL)) {
      add(
          gauge("events.pending", EVENT, "Events that wait to be sent.", statistics.events(outcome))
              .with(QUEUE, outcome == Outcome.IN_MEMORY ? "memory" : "spool"));
    }
  }

  /** The losses before the agent has an event. */
  private void addLosses() {
    count(
        "events.lost",
        EVENT,
        "Events that the kernel lost because the agent read too slowly.",
        statistics.lostByKernel());
    count(
        "events.not_handed_out",
        EVENT,
        "Events that the agent did not take because they are malformed or have another protocol.",
        statistics.notHandedOut());
    count(
        "buffers.malformed",
        "{buffer}",
        "Malformed buffers of the kernel, each with an unknown number of lost events.",
        statistics.malformedBuffers());
    count(
        "interruptions",
        "{interruption}",
        "Times in which the agent was switched off, each with an unknown number of lost events.",
        statistics.interruptions());
  }

  private void addRequests() {
    String description = "Requests to the endpoint, by outcome.";
    add(
        counter("requests", REQUEST, description, statistics.requestsAccepted())
            .with(REQUEST_OUTCOME, "accepted"));
    add(
        counter("requests", REQUEST, description, statistics.requestsRetried())
            .with(REQUEST_OUTCOME, "retried"));
    add(
        counter("requests", REQUEST, description, statistics.requestsRefused())
            .with(REQUEST_OUTCOME, "refused"));
    count("sent", BYTES, "Bytes of accepted requests before compression.", statistics.bytesSent());
    count(
        "points.rejected",
        "{point}",
        "Data points that the endpoint rejected in requests that it accepted.",
        statistics.pointsRejected());
    // There is no value until a request was answered or has failed.
    if (statistics.isEndpointKnown()) {
      add(
          gauge(
              "endpoint.up",
              "{endpoint}",
              "1 if the endpoint has answered the last request, otherwise 0.",
              statistics.isEndpointUp() ? 1 : 0));
    }
    add(
        gauge(
            "last_sent.timestamp",
            SECONDS,
            "When the endpoint last accepted a request, in seconds since 1970; 0 before the first.",
            TimeUnit.MILLISECONDS.toSeconds(statistics.lastSentMs())));
  }

  private void addPlaces() {
    add(gauge("spool.usage", BYTES, "Bytes of the spool's files.", statistics.spoolBytes()));
    add(
        gauge(
            "spool.limit",
            BYTES,
            "Maximum size of the spool's files.",
            statistics.spoolLimitBytes()));
    add(gauge("memory.usage", BYTES, "Bytes of the batches in use.", statistics.memoryBytes()));
    add(gauge("memory.limit", BYTES, "Bytes of all batches.", statistics.memoryLimitBytes()));
  }

  private void addFaults() {
    count(
        "spool.damaged_batches",
        "{batch}",
        "Damaged stretches of the spool with an unknown number of events.",
        statistics.damagedBatches());
    for (SpoolOperation operation : SpoolOperation.values()) {
      add(
          counter(
                  "spool.failures",
                  FAILURE,
                  "Failed operations of the spool.",
                  statistics.spoolFailures(operation))
              .with(SPOOL_OPERATION, operation.label()));
    }
    count(
        "read.failures",
        FAILURE,
        "Failed reads of the kernel's buffers.",
        statistics.readFailures());
    count(
        "attributes.renamed",
        "{attribute}",
        "Attributes of writers with names that are reserved for the agent.",
        statistics.renamedAttributes());
    ForwarderStatistics.Ages ages = statistics.ages();
    addAge(Forwarder.READER_THREAD, ages.readerNs());
    addAge(Forwarder.DISPATCHER_THREAD, ages.dispatcherNs());
  }

  private void addAge(String thread, long ageNs) {
    add(
        gauge(
                "cycle.age",
                SECONDS,
                "Time since the thread last began a cycle, which it does once a second.",
                TimeUnit.NANOSECONDS.toSeconds(ageNs))
            .with(THREAD_NAME, thread));
  }

  /** The values are 0 if no agent has used this spool before, and without a spool. */
  private void addPreviousRun() {
    PreviousRun previous = statistics.previousRun();
    add(
        gauge(
            "previous_run.lost",
            EVENT,
            "Events that the previous agent on this spool could neither send nor spool at its end.",
            previous == null ? 0 : previous.lostEvents()));
    add(
        gauge(
            "previous_run.unfinished",
            "{run}",
            "1 if the previous agent on this spool was killed or has failed, otherwise 0.",
            previous == null || previous.hasEnded() ? 0 : 1));
  }

  private void add(Measure measure) {
    measures.add(measure);
  }

  private void count(String name, String unit, String description, long value) {
    add(counter(name, unit, description, value));
  }

  private static Measure counter(String name, String unit, String description, long value) {
    return Measure.counter(PREFIX + name, unit, description, value);
  }

  private static Measure gauge(String name, String unit, String description, long value) {
    return Measure.gauge(PREFIX + name, unit, description, value);
  }
}
