// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.health.HealthServer;
import io.userevents.agent.internal.health.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The health of an agent, for its health port. The threads of the HTTP server call all methods. */
final class ForwarderHealth implements HealthServer.Subject {

  /**
   * The age of a cycle at which a thread counts as hanging. Both threads begin a cycle each second,
   * but a disk may hang for some seconds.
   */
  static final long MAX_CYCLE_S = 60;

  /** The state of the agent. */
  interface Subject {

    boolean isEnding();

    /** Returns the reason why the agent no longer works, or an empty text. */
    String failure();

    /** Returns the times since the threads last began a cycle. */
    ForwarderStatistics.Ages ages();
  }

  private final Subject agent;
  private final Supplier<List<Measure>> measures;

  ForwarderHealth(Subject agent, Supplier<List<Measure>> measures) {
    this.agent = agent;
    this.measures = measures;
  }

  @Override
  public String whyNotReady() {
    return agent.isEnding() ? "the agent is ending" : agent.failure();
  }

  @Override
  public String whyNotLive() {
    String failure = agent.failure();
    if (!failure.isEmpty()) {
      return failure;
    }
    ForwarderStatistics.Ages ages = agent.ages();
    if (ages.readerNs() > TimeUnit.SECONDS.toNanos(MAX_CYCLE_S)) {
      return "the reader has not begun a cycle for " + MAX_CYCLE_S + " s";
    }
    if (ages.dispatcherNs() > TimeUnit.SECONDS.toNanos(MAX_CYCLE_S)) {
      return "the dispatcher has not begun a cycle for "
          + MAX_CYCLE_S
          + " s; the disk of the spool may hang";
    }
    return "";
  }

  @Override
  public List<Measure> measures() {
    List<Measure> all = new ArrayList<>(measures.get());
    all.add(ForwarderMeasures.processStart());
    return all;
  }
}
