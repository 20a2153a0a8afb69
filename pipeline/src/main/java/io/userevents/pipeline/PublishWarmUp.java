// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static io.userevents.pipeline.Outcome.DROPPED_FULL;

import com.lmax.disruptor.InsufficientCapacityException;
import io.userevents.internal.memory.MemoryException;
import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.LoopbackTracepoint;
import io.userevents.tracepoint.TracepointErrors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Publishes into a ring of two slots without a reader, so that the classes and method handles that
 * a publisher needs are linked before the first record. Otherwise the thread of the first record
 * links them, which took 2 ms. The counters are discarded with the ring.
 *
 * <p>It also initialises the classes that are used only where something has failed. If memory or
 * stack is short while a class is initialised for the first time, the class cannot be used any more
 * in this JVM.
 *
 * <p>The consumer's thread runs it before its first attempt to register, for which {@code build}
 * waits.
 */
final class PublishWarmUp {

  /** The name of a tracepoint that no kernel registers. */
  private static final String NAME = "warm_up";

  private static final int SLOTS = 2;
  private static final int LENGTH = 64;
  private static final AtomicBoolean IS_DONE = new AtomicBoolean();

  private PublishWarmUp() {}

  /**
   * Warms up. The first call in a class loader takes some milliseconds, later calls no time. Never
   * throws.
   */
  static void once() {
    if (!IS_DONE.compareAndSet(false, true)) {
      return;
    }
    try {
      run();
    } catch (Throwable e) {
      // The first record then takes longer; nothing else depends on the warm-up.
      SafeLog.log(Level.FINE, "publishing could not be warmed up; it still works", e);
    }
  }

  /** Warms up, even if that was done before. */
  static void run() throws MemoryException {
    WakeUp wakeUp = new WakeUp(SLOTS, false);
    RecordRing ring = new RecordRing(SLOTS, LENGTH, wakeUp);
    try {
      ring.allocate();
      Counters counters = new Counters();
      Refusals refusals =
          new Refusals(new OutcomeListeners(), counters.publishers(), ring.entries());
      Admission admission =
          new Admission(
              ring,
              wakeUp,
              new LoopbackTracepoint(NAME),
              new CheckedPolicy(BackPressurePolicies.drop(), ring, counters),
              LENGTH);
      UnsafeBuffer record = new UnsafeBuffer(new byte[LENGTH]);
      Publisher publisher = counters.publishers().current();
      // The last record finds no room and is refused.
      for (int i = 0; i <= SLOTS; i++) {
        long sequence = admission.claim(publisher, 1, LENGTH, 0, false, 0);
        if (sequence == 0) {
          ring.put(publisher, sequence, record, 0, LENGTH, (tag, outcome, errno) -> {}, 0);
        } else if (sequence > 0) {
          publisher.claim(ring).open(sequence, LENGTH, null, 0).abort();
        } else {
          PublishResult result = admission.resultOf(sequence);
          var unused = refusals.refuse(publisher, result, LENGTH, (tag, outcome, errno) -> {}, 0);
        }
      }
      fail(counters, ring, publisher);
      close(refusals);
    } finally {
      ring.freeMemory();
    }
  }

  /** Runs the paths of failures, without a line in the log. */
  private static void fail(Counters counters, RecordRing ring, Publisher publisher) {
    Throwable failure = InsufficientCapacityException.INSTANCE;
    var unusedReaction = TracepointErrors.ofWrite(Errno.EIO.number());
    Throttle throttle = new Throttle();
    throttle.log(Level.FINEST, NAME, failure);
    throttle.complete();
    var unusedText = new DropReporter(counters, NAME, SLOTS, LENGTH).describe(DROPPED_FULL, 1);
    publisher.left = Publisher.LEFT;
    var unused = publisher.abandonUnowned(ring.entries());
  }

  /** Runs the paths of a pipeline that is being closed. */
  private static void close(Refusals refusals) {
    var unusedResult =
        refusals.refuseUnopened(PublishResult.CLOSED, LENGTH, (tag, outcome, errno) -> {}, 0);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<Void> copy = ended.copy();
    ended.complete(null);
    copy.join();
  }
}
