// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.Tracepoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;

/**
 * Puts the parts of a pipeline's consumer together, starts it, and makes it flush and end. Any
 * thread may call the methods, except where a part says otherwise.
 */
final class Consumer {

  /** The longest wait for the consumer's thread to begin, if it must run on a CPU. */
  private static final long PIN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

  private final String eventName;
  private final long registrationWaitNs;
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
    registrationWaitNs = settings.tracepoint().registrationWait().toNanos();
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
   * Starts the consumer's own thread, and waits until registration has been tried, unless the
   * settings say that nobody waits.
   *
   * @throws IllegalStateException if there is no usable thread, or it does not run on the required
   *     CPU
   */
  void start() {
    thread.start();
    if (registrationWaitNs > 0) {
      boolean unused = session.awaitFirstAttempt(registrationWaitNs);
    }
    String notPinned = thread.notPinned(PIN_TIMEOUT_NS);
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

  /** Reads all counters of the pipeline into the target, and allocates nothing. */
  void read(PipelineCounters target) {
    counters.read(target, session.attachments(), session.attachedNs(System.nanoTime()));
  }

  PipelineAgent agent() {
    return agent;
  }

  ConsumerThread thread() {
    return thread;
  }

  /**
   * Returns a future that completes when all records in the ring have their outcome, and fails
   * after the timeout.
   */
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

  /** Makes the consumer of a closed pipeline end. The future completes when it has ended. */
  CompletableFuture<Void> end() {
    agent.endUnlessStarted();
    thread.wakeUp();
    return closing.ended();
  }

  /**
   * Waits for the end, and logs a line if it takes longer. Returns whether the consumer has ended.
   */
  boolean awaitEnd(CompletableFuture<Void> ended, long timeoutNs) {
    try {
      ended.get(timeoutNs, TimeUnit.NANOSECONDS);
      // The JVM may exit next, and the log thread ends with it.
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
              + " ends when it does; if that lasts, see its stack in a thread dump",
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
