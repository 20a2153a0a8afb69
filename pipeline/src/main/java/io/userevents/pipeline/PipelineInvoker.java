// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Drives a {@link RecordPipeline} from the duty cycle of an application, so that it needs no thread
 * of its own:
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
 * <p>All methods but {@link #pipeline} are confined to the thread that calls {@link #start}. While
 * nobody invokes it, nothing is written, and the ring fills. Outcome listeners, the state listener
 * and the error handler are called on that thread. A publish on it never waits for a slot, and a
 * {@link RecordClaim} that it holds open is aborted when it holds up the ring: commit it before the
 * next {@link #invoke}.
 */
public final class PipelineInvoker implements AutoCloseable {

  private final PipelineAgent agent;

  PipelineInvoker(PipelineAgent agent) {
    this.agent = agent;
  }

  /** The pipeline that it drives, for any thread to publish to. */
  public RecordPipeline pipeline() {
    return agent.pipeline();
  }

  /**
   * Registers the tracepoint, see {@link PipelineAgent#onStart}. The calling thread is the one that
   * drives the pipeline from now on.
   *
   * @throws IllegalStateException if it was started before, or its pipeline was closed
   */
  public void start() {
    agent.onStart();
  }

  /**
   * Does one bounded duty cycle, see {@link PipelineAgent#doWork}.
   *
   * @return how many slots of the ring were taken
   * @throws IllegalStateException if it was not started by this thread
   * @throws StackOverflowError if the caller's stack is nearly full; no record is lost, and the
   *     next call goes on
   */
  public int invoke() {
    return agent.doWork();
  }

  /**
   * Closes the pipeline and invokes it until it has ended, see {@link PipelineAgent#onClose}. A
   * second call does nothing.
   *
   * @throws IllegalStateException if it was started by another thread
   */
  @Override
  public void close() {
    // Asked, as starting may have thrown after it was started.
    if (agent.isStarted()) {
      agent.onClose();
    } else {
      agent.pipeline().close();
    }
  }
}
