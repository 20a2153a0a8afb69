// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;

/**
 * What the one consumer thread does: takes records from the ring, looks after the tracepoint
 * between batches, and at the end drains the ring.
 *
 * <p>The end needs no help from publishers. The consumer stops freeing slots and claims all that
 * are left; from then on the ring is full for good, so every record is either among those it still
 * drains or was refused. Then nobody can write to the slots any more, and their memory can be
 * freed.
 */
final class RecordConsumer implements EventHandler<Object>, ExceptionHandler<Object> {

  /** At the end a claim is waited for this long. */
  static final long MAX_CLAIM_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long CLAIM_POLL_NS = 10_000;

  /** Between looks at what publishers dropped. */
  private static final long REPORT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** From this size on, a batch is worth the look at the cursor, which publishers contend for. */
  private static final int LARGE_BATCH = 32;

  private final RecordRing ring;
  private final RingBuffer<Slot> disruptor;
  private final Counters counters;
  private final TracepointSession session;
  private final EventWriter writer;
  private final ConsumerWait wait;
  private final DropReporter dropReporter;
  private final ClaimWatch claimWatch;
  private final Runnable atStart;
  private final Runnable atEnd;
  private final int maxBatchSize;
  private final int largeBatch;
  private final Throttle failures = new Throttle();
  private final Flushes flushes = new Flushes(this::obstacle);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** The processor's own, once it is built: the last record whose slot may be reused. */
  private volatile Sequence sequence = new Sequence();

  /** From the seal on: slots are not freed any more. */
  private boolean draining;

  private long lastLookNs;
  private boolean busySinceLook;
  private long nextReportNs;

  /**
   * Makes a consumer that has not begun.
   *
   * @param atStart is run first on the consumer's thread, and must not throw
   * @param atEnd completes the reports of others, when nothing more can happen to a record
   */
  RecordConsumer(
      RecordRing ring,
      int maxBatchSize,
      Counters counters,
      TracepointSession session,
      EventWriter writer,
      Pacer pacer,
      ConsumerWait wait,
      DropReporter dropReporter,
      Runnable atStart,
      Runnable atEnd) {
    this.ring = ring;
    this.maxBatchSize = maxBatchSize;
    largeBatch = Math.min(LARGE_BATCH, maxBatchSize);
    disruptor = ring.disruptor();
    this.counters = counters;
    this.session = session;
    this.writer = writer;
    this.wait = wait;
    pacer.meanwhile(this::goesOnPacing);
    this.dropReporter = dropReporter;
    this.atStart = atStart;
    this.atEnd = atEnd;
    claimWatch = new ClaimWatch(counters.publishers());
  }

  /**
   * Returns the processor that runs this consumer; to be called once. Made here so that the class
   * of the pipeline, and with it the builder, can be linked without Disruptor: an application that
   * lacks it gets a diagnosis from {@link RecordPipelineBuilder#build}.
   */
  BatchEventProcessor<Slot> processor() {
    BatchEventProcessor<Slot> processor =
        new BatchEventProcessorBuilder()
            .setMaxBatchSize(maxBatchSize)
            .build(disruptor, disruptor.newBarrier(), this);
    processor.setExceptionHandler(this);
    disruptor.addGatingSequences(processor.getSequence());
    return processor;
  }

  /**
   * Any thread: completes when all that is in the ring now has its outcome, and fails if that takes
   * longer.
   */
  CompletableFuture<Void> flush(long timeoutNs) {
    long target = disruptor.getCursor();
    if (sequence.get() >= target || ended.isDone()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done = flushes.add(target, timeoutNs);
    wait.wakeUp();
    if (ended.isDone()) {
      // The end may have looked at the queue just before this entry was in it.
      flushes.complete(Long.MAX_VALUE);
    }
    return done;
  }

  /** Completes as the consumer's last act. A copy, so that nobody else can complete it. */
  CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public void setSequenceCallback(Sequence sequenceCallback) {
    sequence = sequenceCallback;
  }

  @Override
  public void onStart() {
    atStart.run();
    lastLookNs = System.nanoTime();
    nextReportNs = lastLookNs;
    session.start(lastLookNs);
    sleepIfFutile();
  }

  @Override
  public void onBatchStart(long batchSize, long queueDepth) {
    ring.lengths().fetch(sequence.get() + 1, batchSize);
    busySinceLook = true;
    counters.waiting(batchSize < largeBatch ? batchSize : disruptor.getCursor() - sequence.get());
    lookAfter();
  }

  /** A batch is handled as a whole with its last slot: that is one loop, and touches no object. */
  @Override
  public void onEvent(Object slot, long slotSequence, boolean endOfBatch) {
    if (endOfBatch) {
      writer.write(slotSequence);
    }
  }

  @Override
  public void onTimeout(long lastSequence) {
    lookAfter();
    long next = lastSequence + 1;
    if (disruptor.getCursor() >= next && !disruptor.isAvailable(next)) {
      claimWatch.heldUp(next, lastLookNs);
    }
  }

  @Override
  public void onShutdown() {
    boolean drained = false;
    try {
      counters.waiting(disruptor.getCursor() - sequence.get());
      draining = true;
      ring.seal();
      drained = drain();
    } finally {
      try {
        session.close();
        dropReporter.report(System.nanoTime());
        completeReports();
      } finally {
        writer.free();
        // Otherwise somebody may still write to it.
        if (drained) {
          ring.free();
        }
        end();
      }
    }
  }

  @Override
  public void handleEventException(Throwable failure, long slotSequence, Object slot) {
    writer.abandon(slotSequence);
    failures.log(
        Level.SEVERE,
        "consumer failed, going on, its records are dropped; please report it: sequence="
            + slotSequence,
        failure);
  }

  @Override
  public void handleOnStartException(Throwable failure) {
    SafeLog.log(
        Level.SEVERE,
        "consumer failed to start its tracepoint, going on; please report it",
        failure);
  }

  @Override
  public void handleOnShutdownException(Throwable failure) {
    SafeLog.log(Level.SEVERE, "consumer failed to end in order; please report it", failure);
  }

  private void completeReports() {
    atEnd.run();
    session.completeReports();
    writer.completeReports();
    failures.complete();
  }

  private void end() {
    flushes.complete(Long.MAX_VALUE);
    ended.complete(null);
    // Those that came in between and saw that it had not ended.
    flushes.complete(Long.MAX_VALUE);
  }

  private void lookAfter() {
    try {
      long nowNs = System.nanoTime();
      if (busySinceLook) {
        busySinceLook = false;
        counters.drainPause(nowNs - lastLookNs);
      }
      lastLookNs = nowNs;
      session.poll(nowNs);
      sleepIfFutile();
      boolean isCounted = counters.publishers().lookAfter(nowNs);
      if (isCounted || nowNs - nextReportNs >= 0) {
        nextReportNs = nowNs + REPORT_INTERVAL_NS;
        dropReporter.poll(nowNs);
      }
    } catch (Throwable e) {
      // At the start of a batch the processor would skip the first record, which has no outcome.
      failures.log(
          Level.SEVERE,
          "consumer failed to look after its tracepoint, going on; please report it",
          e);
    }
    lookAfterFlushes(writer.settled(), lastLookNs);
  }

  /**
   * Between two events that are written slowly: frees the slots that are written already, and looks
   * after everything else. Returns whether a listener is attached, as there is no need to wait
   * otherwise.
   */
  private boolean goesOnPacing() {
    if (!draining) {
      sequence.set(writer.settled());
    }
    lookAfter();
    return writer.isEnabled();
  }

  /** A machine that cannot have the tracepoint never gets a record. */
  private void sleepIfFutile() {
    if (session.isFutile()) {
      wait.sleepUntilClosed();
    }
  }

  private void lookAfterFlushes(long settled, long nowNs) {
    try {
      flushes.lookAfter(settled, nowNs);
    } catch (Throwable e) {
      failures.log(
          Level.SEVERE, "consumer failed to look after flushes, going on; please report it", e);
    }
  }

  /** What lies behind the last record that is settled, for whoever waits for more. */
  private String obstacle(long settled) {
    long next = settled + 1;
    return disruptor.getCursor() >= next && !disruptor.isAvailable(next)
        ? "a claim holds them up: "
            + claimWatch.describe(next)
            + "; commit or abort it, best with try-with-resources"
        : "the kernel, pacing, or an outcome listener, takes long with each; see in a thread dump what the"
            + " consumer does, or allow more time";
  }

  /** Settles all that was published. Returns whether every claim was. */
  private boolean drain() {
    long last = disruptor.getCursor();
    long deadlineNs = System.nanoTime() + MAX_CLAIM_NS;
    boolean complete = true;
    long next = sequence.get() + 1;
    while (next <= last) {
      if (awaitPublished(next, deadlineNs)) {
        long end = next;
        // In pieces, so that flushes are looked after in between.
        while (end < last && end - next < maxBatchSize - 1 && disruptor.isAvailable(end + 1)) {
          end++;
        }
        write(end);
        next = end + 1;
        lookAfterFlushes(end, System.nanoTime());
      } else {
        complete = false;
        claimWatch.giveUp(next, ring, writer);
        next++;
      }
    }
    return complete;
  }

  private void write(long slotSequence) {
    try {
      writer.write(slotSequence);
    } catch (Throwable e) {
      handleEventException(e, slotSequence, ring.slot(slotSequence));
    }
  }

  private boolean awaitPublished(long claimed, long deadlineNs) {
    while (!disruptor.isAvailable(claimed)) {
      long nowNs = System.nanoTime();
      if (nowNs - deadlineNs >= 0) {
        return false;
      }
      claimWatch.heldUp(claimed, nowNs);
      lookAfterFlushes(claimed - 1, nowNs);
      LockSupport.parkNanos(this, CLAIM_POLL_NS);
    }
    return true;
  }
}
