// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;

/**
 * Puts the parts of a pipeline's consumer together, starts it, and asks it to flush and to end. Any
 * thread, except where a part says otherwise.
 */
final class Consumer {

  private static final long FIRST_ATTEMPT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

  private final String eventName;
  private final RecordRing ring;
  private final WakeUp wakeUp;
  private final Counters counters;
  private final TracepointSession session;
  private final Flushes flushes;
  private final Closing closing;
  private final PipelineAgent agent;
  private final ConsumerThread thread;

  Consumer(
      RecordPipeline pipeline,
      Tracepoint tracepoint,
      PipelineSettings settings,
      RecordRing ring,
      WakeUp wakeUp,
      Admission admission,
      OutcomeListeners listeners,
      Counters counters) {
    this.ring = ring;
    this.wakeUp = wakeUp;
    this.counters = counters;
    eventName = tracepoint.eventName();
    ConsumerErrors errors = new ConsumerErrors(settings.consumer().errorHandler());
    session =
        new TracepointSession(
            tracepoint,
            () -> {
              ring.allocate();
              admission.open();
            },
            settings.tracepoint().stateListener(),
            settings.tracepoint().retryPeriod().toNanos());
    EventSender sender = new EventSender(tracepoint, session, counters, errors);
    Pacer pacer = new Pacer(settings.events().pacing(), admission::isClosed, counters);
    Drain drain = new Drain(ring, sender, pacer, counters, listeners, errors, settings.events());
    DropReporter dropReporter =
        new DropReporter(
            counters, eventName, settings.ringSlots(), settings.events().maxRecordLength());
    Duties duties = new Duties(ring, drain, session, counters, dropReporter, errors);
    flushes = duties.flushes();
    Runnable reports =
        () -> {
          listeners.completeReports();
          admission.completeReports();
          sender.completeReports();
        };
    closing = new Closing(ring, drain, duties, session, counters, dropReporter, errors, reports);
    agent =
        new PipelineAgent(
            pipeline, "user-events-" + eventName, admission, session, drain, duties, closing);
    thread =
        new ConsumerThread(
            settings.consumer(),
            agent,
            ConsumerIdle.of(
                settings.consumer(), tracepoint, session, ring, wakeUp, counters.publishers()),
            errors);
  }

  /**
   * Starts the consumer's own thread, and waits until registration has been tried.
   *
   * @throws IllegalStateException if there is no thread that can be used, or not on the CPU that is
   *     required
   */
  void start() {
    thread.start();
    session.awaitFirstAttempt(FIRST_ATTEMPT_TIMEOUT_NS);
    String notPinned = thread.notPinned(FIRST_ATTEMPT_TIMEOUT_NS);
    if (notPinned != null) {
      throw new IllegalStateException(notPinned);
    }
  }

  TracepointSession session() {
    return session;
  }

  /** Reads all counters of the pipeline. */
  PipelineStatistics statistics() {
    return counters.snapshot(session.attachments(), session.attachedNs(System.nanoTime()));
  }

  /** Like {@link #statistics()}, but allocates nothing. */
  void read(PipelineCounters target) {
    counters.read(target, session.attachments(), session.attachedNs(System.nanoTime()));
  }

  PipelineAgent agent() {
    return agent;
  }

  ConsumerThread thread() {
    return thread;
  }

  /** Completes when all that is in the ring now has its outcome, and fails after the timeout. */
  CompletableFuture<Void> flush(long timeoutNs) {
    long target = ring.lastClaimed();
    if (ring.freed() >= target || closing.hasEnded()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done = flushes.add(target, timeoutNs);
    wakeUp.now();
    if (closing.hasEnded()) {
      // The end may have looked at the queue just before this entry was in it.
      flushes.complete(Long.MAX_VALUE);
    }
    return done;
  }

  /** The pipeline is closed: has the consumer end. Completes when it has. */
  CompletableFuture<Void> end() {
    agent.endUnlessStarted();
    thread.wakeUp();
    return closing.ended();
  }

  /** Waits for the end, and says if it takes longer. Returns whether it has come. */
  boolean awaitEnd(CompletableFuture<Void> ended, long timeoutNs) {
    try {
      ended.get(timeoutNs, TimeUnit.NANOSECONDS);
      // The JVM may exit next, and its log thread with it.
      SafeLog.awaitWritten();
      return true;
    } catch (TimeoutException e) {
      SafeLog.log(
          Level.WARNING,
          "tracepoint "
              + eventName
              + " is not closed after "
              + TimeUnit.NANOSECONDS.toMillis(timeoutNs)
              + " ms: a system call, a claim or an outcome listener has not ended yet; the consumer"
              + " ends when it does; if that lasts, see in a thread dump what holds it",
          null);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of the consumer never fails", e);
    }
  }
}
