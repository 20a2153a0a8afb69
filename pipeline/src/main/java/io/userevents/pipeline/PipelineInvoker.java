// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Drives a {@link RecordPipeline} from the duty cycle of an application, so that the pipeline needs
 * no thread:
 *
 * <pre>{@code
 * PipelineInvoker invoker = RecordPipeline.builder().buildInvoker();
 * invoker.start();
 * while (running) {
 *   int work = receiver.poll() + invoker.invoke();
 *   idleStrategy.idle(work);
 * }
 * invoker.close();
 * }</pre>
 *
 * <p>All methods except {@link #pipeline} are confined to the thread that calls {@link #start}.
 * While that thread does not call {@link #invoke}, nothing is written and the ring fills. The
 * thread also calls outcome listeners, the state listener and the error handler. A publish on it
 * never waits for a slot. If the thread holds a {@link RecordClaim} open and the claim holds up the
 * ring, the claim is aborted: commit it before the next {@link #invoke}.
 *
 * @since 0.1.0
 */
public final class PipelineInvoker implements AutoCloseable {

  private final PipelineAgent agent;

  PipelineInvoker(PipelineAgent agent) {
    this.agent = agent;
  }

  /** {@return the pipeline that it drives, to which any thread may publish} */
  public RecordPipeline pipeline() {
    return agent.pipeline();
  }

  /**
   * Registers the tracepoint; see {@link PipelineAgent#onStart}. From now on the calling thread
   * drives the pipeline.
   *
   * @throws IllegalStateException if the invoker was started before, or its pipeline was closed
   */
  public void start() {
    agent.onStart();
  }

  /**
   * Does one bounded duty cycle; see {@link PipelineAgent#doWork}.
   *
   * @return how many slots of the ring were taken
   * @throws IllegalStateException if this thread has not started the invoker
   * @throws StackOverflowError if the caller's stack is nearly full; no record is lost, and the
   *     next call continues
   */
  public int invoke() {
    return agent.doWork();
  }

  /**
   * Closes the pipeline and drives it until it has ended; see {@link PipelineAgent#onClose}. A
   * second call does nothing.
   *
   * @throws IllegalStateException if another thread has started the invoker
   */
  @Override
  public void close() {
    // This is checked because start may have thrown after the agent was started.
    if (agent.isStarted()) {
      agent.onClose();
    } else {
      agent.pipeline().close();
    }
  }
}
