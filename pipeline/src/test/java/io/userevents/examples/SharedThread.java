// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.pipeline.PipelineAgent;
import io.userevents.pipeline.RecordPipeline;
import io.userevents.tracepoint.Tracepoint;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.CompositeAgent;

/** Runs the pipelines of several tracepoints of one service on one thread. */
public final class SharedThread implements AutoCloseable {

  private static final Logger LOGGER = Logger.getLogger(SharedThread.class.getName());

  private final List<PipelineAgent> agents;
  private final AgentRunner runner;

  /** Starts the thread. */
  public SharedThread(List<Tracepoint> tracepoints) {
    agents =
        tracepoints.stream()
            .map(tracepoint -> RecordPipeline.builder().setTracepoint(tracepoint).buildAgent())
            .toList();
    runner =
        new AgentRunner(
            new BackoffIdleStrategy(),
            error -> LOGGER.log(Level.SEVERE, "the thread of the pipelines met an error", error),
            null,
            new CompositeAgent(agents));
    AgentRunner.startOnThread(runner);
  }

  /** Returns the pipeline of the tracepoint at this index, to which any thread may publish. */
  public RecordPipeline pipeline(int index) {
    return agents.get(index).pipeline();
  }

  /** Closes the pipelines, one after the other, and ends the thread. */
  @Override
  public void close() {
    runner.close();
  }
}
