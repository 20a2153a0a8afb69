// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Consumes the records of a {@link RecordPipeline} as an Agrona {@link Agent}. It takes them from
 * the ring, writes them, and looks after the tracepoint.
 *
 * <p>{@link RecordPipelineBuilder#build} runs it on a thread of the pipeline. An application that
 * has a duty cycle takes it from {@link RecordPipelineBuilder#buildAgent} and runs it with Agrona's
 * {@code AgentRunner} or {@code AgentInvoker}, several of them on one thread by a {@code
 * CompositeAgent}.
 *
 * <p>The agent is confined to one thread, the one that calls {@link #onStart}, and to be run until
 * {@link #onClose} or until the pipeline is closed and {@link #hasEnded}. While it does not run,
 * nothing is written, and the ring fills.
 */
public final class PipelineAgent extends PipelineAgentState implements Agent {

  /** One duty cycle takes this many slots at most, and no more than this part of the ring. */
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

  /** Behind the fields that the consumer writes while it waits; see {@link ConsumerPadding}. */
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

  /** The pipeline whose consumer this is. */
  public RecordPipeline pipeline() {
    return pipeline;
  }

  /** The event's name after {@code user-events-}. */
  @Override
  public String roleName() {
    return roleName;
  }

  /**
   * Registers the tracepoint. A failure is logged and tried again in later cycles. Makes system
   * calls, and takes some milliseconds the first time in a JVM.
   *
   * @throws IllegalStateException if it was started before, or its pipeline was closed
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

  /** Like {@link #onStart}, but returns false if it was started before, or its pipeline closed. */
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
   * Does one duty cycle: takes at most 256 slots and a quarter of the ring, and does what is due by
   * the clock. Makes a system call for each event; otherwise it does not block, unless an outcome
   * listener does. Allocates nothing while no listener comes or goes and nothing fails.
   *
   * @return how many slots were taken; 0 if there was nothing to do, or an event is held back by
   *     pacing
   * @throws IllegalStateException on another thread than the one that has started it
   * @throws StackOverflowError if the caller's stack is nearly full; no record is lost, and the
   *     next call goes on
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
   * Closes the pipeline and runs until it has ended: records in the ring are written, the
   * tracepoint is unregistered and the memory freed. Takes as long as {@link
   * RecordPipeline#closeAsync} says. On the thread that has started it.
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

  /** Any thread: whether the pipeline is closed and there is nothing left to do. */
  public boolean hasEnded() {
    return closing.hasEnded();
  }

  /** Any thread. */
  boolean isStarted() {
    return state.get() == STARTED;
  }

  /** Any thread: whether the pipeline was closed before the agent was started. */
  boolean isNeverStarted() {
    return state.get() == NEVER_STARTED;
  }

  /** Whether there will be nothing to do until the pipeline is closed. */
  boolean isFutile() {
    return isFutile && !admission.isClosed();
  }

  /** The slot that is taken next. */
  long next() {
    return drain.next();
  }

  /** For how long there is nothing to do but to wait; 0 if that is not known. */
  long pauseNs() {
    return drain.pauseNs();
  }

  /**
   * Any thread: the pipeline is closed. An agent that was never started has nobody to end it: then
   * this thread does.
   */
  void endUnlessStarted() {
    if (state.compareAndSet(NEW, NEVER_STARTED)) {
      while (!closing.hasEnded()) {
        closing.advance(System.nanoTime());
        drain.poll(slotsPerCycle);
      }
    }
  }

  private static String nameOf(@Nullable Thread thread) {
    return thread == null ? "none" : thread.getName();
  }
}
