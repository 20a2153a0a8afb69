// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * An Agrona {@link Agent} that consumes the records of a {@link RecordPipeline}. It takes them from
 * the ring, writes them, and maintains the registration of the tracepoint.
 *
 * <p>{@link RecordPipelineBuilder#build} runs the agent on a thread of the pipeline. An application
 * that has a duty cycle gets the agent from {@link RecordPipelineBuilder#buildAgent} and runs it
 * with Agrona's {@code AgentRunner} or {@code AgentInvoker}. A {@code CompositeAgent} runs several
 * agents on one thread.
 *
 * <p>The agent is confined to one thread, the one that calls {@link #onStart}. Run it until you
 * call {@link #onClose}, or until the pipeline is closed and {@link #hasEnded} returns true. While
 * the agent does not run, nothing is written and the ring fills.
 *
 * @since 0.1.0
 */
public final class PipelineAgent extends PipelineAgentState implements Agent {

  /** The most slots that one duty cycle takes; it also takes no more than a quarter of the ring. */
  private static final int MAX_SLOTS_PER_CYCLE = 256;

  private static final int MIN_CYCLES_PER_RING = 4;

  private static final long CLOSING_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final int NEW = 0;
  private static final int STARTED = 1;
  private static final int NEVER_STARTED = 2;

  private final RecordPipeline pipeline;
  private final String roleName;
  private final int slotsPerCycle;
  private final Admission admission;
  private final TracepointSession session;
  private final Drain drain;
  private final Duties duties;
  private final Closing closing;
  private final AtomicInteger state = new AtomicInteger(NEW);

  /**
   * A cache line behind the fields that the consumer writes while it waits; see {@link
   * ConsumerPadding}.
   */
  @SuppressWarnings({"UnusedVariable", "MultiVariableDeclaration"})
  private long p1, p2, p3, p4, p5, p6, p7, p8;

  PipelineAgent(
      RecordPipeline pipeline,
      String roleName,
      Admission admission,
      TracepointSession session,
      Drain drain,
      Duties duties,
      Closing closing) {
    this.pipeline = pipeline;
    this.roleName = roleName;
    slotsPerCycle =
        Math.max(1, Math.min(MAX_SLOTS_PER_CYCLE, pipeline.ringSlots() / MIN_CYCLES_PER_RING));
    this.admission = admission;
    this.session = session;
    this.drain = drain;
    this.duties = duties;
    this.closing = closing;
  }

  /** {@return the pipeline whose consumer this is} Any thread may call this. */
  public RecordPipeline pipeline() {
    return pipeline;
  }

  /** {@return {@code user-events-} followed by the event's name} */
  @Override
  public String roleName() {
    return roleName;
  }

  /**
   * Registers the tracepoint. A failure is logged, and later cycles try again. The method makes
   * system calls, and takes some milliseconds the first time in a JVM.
   *
   * @throws IllegalStateException if the agent was started before, or its pipeline was closed
   */
  @Override
  public void onStart() {
    StackHeadroom.requireForSetUp();
    drain.checksStack();
    if (!start()) {
      throw new IllegalStateException(
          state.get() == STARTED
              ? "an agent is started once: agent=" + roleName
              : "the pipeline was closed before its agent was started: agent=" + roleName);
    }
  }

  /**
   * Does the same as {@link #onStart}, but returns false if the agent was started before or its
   * pipeline was closed.
   */
  boolean start() {
    if (!state.compareAndSet(NEW, STARTED)) {
      return false;
    }
    Thread current = Thread.currentThread();
    thread = current;
    admission.consumer(current);
    PublishWarmUp.once();
    duties.start(System.nanoTime());
    isFutile = session.isFutile();
    return true;
  }

  /**
   * Does one duty cycle: it takes at most 256 slots and at most a quarter of the ring, and does the
   * work that is due by the clock. It makes a system call for each event. It does not block
   * otherwise, unless an outcome listener does. It allocates nothing while no listener attaches or
   * detaches and nothing fails.
   *
   * @return how many slots were taken; 0 if there was nothing to do, or if pacing holds back an
   *     event
   * @throws IllegalStateException if the calling thread is not the one that started the agent
   * @throws StackOverflowError if the caller's stack is nearly full; no record is lost, and the
   *     next call continues
   */
  @Override
  public int doWork() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "an agent runs on the thread that has started it: agent="
              + roleName
              + " startedBy="
              + nameOf(thread)
              + " calledBy="
              + nameOf(Thread.currentThread()));
    }
    boolean isClosed = admission.isClosed();
    if (closing.hasEnded() || (isFutile && !isClosed)) {
      return 0;
    }
    int workCount = drain.poll(slotsPerCycle);
    long nowNs = System.nanoTime();
    duties.perform(workCount, nowNs);
    if (isClosed) {
      closing.advance(nowNs);
    }
    boolean futile = session.isFutile();
    if (futile != isFutile) {
      isFutile = futile;
    }
    return workCount;
  }

  /**
   * Closes the pipeline and runs until it has ended: the records in the ring are written, the
   * tracepoint is unregistered and the memory is freed. {@link RecordPipeline#closeAsync} says how
   * long this takes. Call this on the thread that started the agent.
   */
  @Override
  public void onClose() {
    CompletableFuture<Void> ended = pipeline.closeAsync();
    while (!ended.isDone()) {
      if (doWork() == 0) {
        LockSupport.parkNanos(this, CLOSING_PARK_NS);
      }
    }
  }

  /** {@return whether the pipeline is closed and no work is left} Any thread may call this. */
  public boolean hasEnded() {
    return closing.hasEnded();
  }

  /** Returns whether the agent was started. Any thread may call this. */
  boolean isStarted() {
    return state.get() == STARTED;
  }

  /**
   * Returns whether the pipeline was closed before the agent was started. Any thread may call this.
   */
  boolean isNeverStarted() {
    return state.get() == NEVER_STARTED;
  }

  /** Returns whether there is no work until the pipeline is closed. */
  boolean isFutile() {
    return isFutile && !admission.isClosed();
  }

  /** Returns the slot that is taken next. */
  long next() {
    return drain.next();
  }

  /** Returns for how many nanoseconds the consumer can only wait; 0 if that is not known. */
  long pauseNs() {
    return drain.pauseNs();
  }

  /**
   * Ends the agent of a closed pipeline on this thread if it was never started, because no other
   * thread would. Any thread may call this.
   */
  void endUnlessStarted() {
    if (state.compareAndSet(NEW, NEVER_STARTED)) {
      while (!closing.hasEnded()) {
        closing.advance(System.nanoTime());
        drain.poll(slotsPerCycle);
      }
      session.neverStarts();
    }
  }

  private static String nameOf(@Nullable Thread thread) {
    return thread == null ? "none" : thread.getName();
  }
}
