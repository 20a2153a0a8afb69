// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.internal.memory.MemoryException;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A pipeline whose consumer is one of the actors, with the outcomes of the records that the other
 * actors offered.
 *
 * <p>Any thread may call the methods of actors, but only one thread for each tag. The methods of
 * the arbiter are for the time after the actors have ended.
 */
final class Race {

  /**
   * The most spins. Each takes some ten nanoseconds; together they take about as long as the
   * consumer takes to end.
   */
  private static final int MAX_SPINS = 64;

  private static final long PATIENCE_NS = TimeUnit.HOURS.toNanos(1);

  private static final int[] TWO_OFFSETS = {0, 0};
  private static final int[] TWO_LENGTHS = {Records.LENGTH, Records.LENGTH};

  private static final DirectBuffer FAILING = new FailingBuffer(0);

  private static final Outcome[] OUTCOMES = Outcome.values();
  private static final DirectBuffer TOO_LONG = new UnsafeBuffer(new byte[Records.LENGTH + 1]);

  /**
   * The logger of pipelines, which log that they have begun. It is kept because its level is
   * otherwise lost.
   */
  private static final Logger LOGGER = Logger.getLogger(RecordPipeline.class.getName());

  static {
    LOGGER.setLevel(Level.OFF);
  }

  /** Throws while it is copied, after some copies of its first record. */
  private static final class FailingBuffer extends UnsafeBuffer {

    private final StackOverflowError error = new StackOverflowError("of a race");
    private final int copies;
    private int copied;

    FailingBuffer(int copies) {
      super(Records.record(0), 0, Records.LENGTH);
      this.copies = copies;
    }

    @Override
    public byte[] byteArray() {
      if (copied >= copies) {
        throw error;
      }
      copied++;
      return super.byteArray();
    }
  }

  private final RecordingTracepoint tracepoint = new RecordingTracepoint();
  private final RecordPipeline pipeline;
  private final boolean[] taken = new boolean[Records.COUNT];
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicIntegerArray told = new AtomicIntegerArray(Records.COUNT * OUTCOMES.length);

  /**
   * Creates a race with as many slots as there are records, so that none is refused because the
   * ring is full.
   */
  Race() {
    this(Records.COUNT, BackPressurePolicies.drop());
  }

  Race(int ringSlots, BackPressurePolicy policy) {
    this(ringSlots, policy, true);
  }

  /**
   * Makes a pipeline.
   *
   * @param isOpen whether it takes records before the consumer has begun
   */
  Race(int ringSlots, BackPressurePolicy policy, boolean isOpen) {
    pipeline =
        RecordPipeline.builder()
            .setTracepoint(tracepoint)
            .setRingSlots(ringSlots)
            .setMaxRecordLength(Records.LENGTH)
            .setBackPressurePolicy(policy)
            .buildUnstarted();
    if (isOpen) {
      open();
    }
  }

  /** Opens the pipeline, as the consumer does once the tracepoint is registered. */
  private void open() {
    try {
      pipeline.open();
    } catch (MemoryException e) {
      throw new IllegalStateException("a ring of " + Records.COUNT + " records", e);
    }
  }

  /**
   * Waits for up to some microseconds. Every actor begins with this; otherwise the first steps of
   * one actor would always meet the first steps of the others, and never their last ones.
   */
  void begin() {
    for (int i = ThreadLocalRandom.current().nextInt(MAX_SPINS); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  /** An actor: offers the record. */
  void publish(int tag) {
    taken[tag] =
        pipeline.publish(Records.record(tag), 0, Records.LENGTH, this::onOutcome, tag).isAccepted();
  }

  /** An actor: offers the record twice, in one batch. */
  void publishTwice(int tag) {
    taken[tag] =
        pipeline
            .publish(Records.record(tag), TWO_OFFSETS, TWO_LENGTHS, 2, 0, this::onOutcome, tag)
            .isAccepted();
  }

  /** An actor: offers the record, and an error ends the call if it has a slot. */
  void leave(int tag) {
    try {
      publish(tag, FAILING);
    } catch (StackOverflowError e) {
      taken[tag] = true;
    }
  }

  /**
   * An actor: offers the record twice, in one batch, and an error ends the call after the first.
   */
  void leaveSecond(int tag) {
    try {
      taken[tag] =
          pipeline
              .publish(new FailingBuffer(1), TWO_OFFSETS, TWO_LENGTHS, 2, 0, this::onOutcome, tag)
              .isAccepted();
    } catch (StackOverflowError e) {
      taken[tag] = true;
    }
  }

  private void publish(int tag, DirectBuffer buffer) {
    taken[tag] = pipeline.publish(buffer, 0, Records.LENGTH, this::onOutcome, tag).isAccepted();
  }

  /** An actor: offers the record, and waits for a slot until long after the race. */
  void publishPatiently(int tag) {
    taken[tag] =
        pipeline
            .publish(
                Records.record(tag),
                0,
                Records.LENGTH,
                0,
                this::onOutcome,
                tag,
                System.nanoTime() + PATIENCE_NS)
            .isAccepted();
  }

  /** An actor: writes the record into a slot. */
  void claimAndCommit(int tag) {
    try (RecordClaim claim = claim(tag)) {
      if (claim.isOpen()) {
        Records.put(tag, claim.buffer(), 0);
        claim.commit();
      }
    }
  }

  /** An actor: writes the record into a slot, and then aborts the claim. */
  void claimAndAbort(int tag) {
    try (RecordClaim claim = claim(tag)) {
      if (claim.isOpen()) {
        Records.put(tag, claim.buffer(), 0);
        claim.abort();
      }
    }
  }

  /** An actor: offers a record that is always refused. */
  void publishTooLong() {
    pipeline.publish(TOO_LONG, 0, TOO_LONG.capacity());
  }

  /** An actor: runs the consumer until the pipeline is closed. */
  void consume() {
    pipeline.consumer().run();
  }

  /** An actor: runs the consumer like an application's duty cycle, until it has ended. */
  @SuppressWarnings("ThreadPriorityCheck") // The other actors may have no other processor.
  void drive() {
    PipelineAgent agent = pipeline.agent();
    try {
      agent.onStart();
    } catch (IllegalStateException e) {
      // The pipeline was closed first, and the closing thread ends it.
      return;
    }
    while (!agent.hasEnded()) {
      if (agent.doWork() == 0) {
        Thread.yield();
      }
    }
  }

  /** An actor: closes the pipeline. */
  void close() {
    var unused = pipeline.closeAsync();
  }

  /**
   * An actor: closes when the consumer has started. Otherwise this thread would end the pipeline
   * and wait for claims that cannot exist: an application's pipeline is not open before its
   * consumer starts.
   */
  @SuppressWarnings("ThreadPriorityCheck") // The consumer may have no other processor.
  void closeStarted() {
    while (!pipeline.agent().isStarted()) {
      Thread.yield();
    }
    close();
  }

  /** The last act of an actor: the last of {@code actors} closes the pipeline. */
  void closeAsLastOf(int actors) {
    if (ended.incrementAndGet() == actors) {
      close();
    }
  }

  CompletableFuture<Void> flush() {
    return pipeline.flush();
  }

  PipelineStatistics statistics() {
    return pipeline.statistics();
  }

  /**
   * The arbiter: returns whether the pipeline took the record and the outcome that its listener
   * received, such as {@code taken:WRITTEN} or {@code refused:DROPPED_CLOSED}. The text is longer
   * if the tracepoint has seen something else.
   */
  String endOf(int tag) {
    String end = (taken[tag] ? "taken:" : "refused:") + outcomesOf(tag);
    int expected = told(tag, Outcome.WRITTEN);
    int written = tracepoint.written(tag);
    return written == expected ? end : end + ":seen " + written + " times";
  }

  /**
   * The arbiter: returns how many records were written, and how many were refused after those
   * because the pipeline was closed; if there were other outcomes or another order, returns all of
   * them.
   */
  String endOfAllInOrder() {
    StringJoiner ends = new StringJoiner("; ");
    int written = 0;
    int refused = 0;
    for (int tag = 0; tag < Records.COUNT; tag++) {
      String end = endOf(tag);
      ends.add(end);
      if (end.equals("taken:WRITTEN") && refused == 0) {
        written++;
      } else if (end.equals("refused:DROPPED_CLOSED")) {
        refused++;
      }
    }
    return written + refused == Records.COUNT
        ? written + " written then " + refused + " refused"
        : ends.toString();
  }

  /** Returns the outcomes that the listener has received for the record so far. */
  String outcomesOf(int tag) {
    StringJoiner outcomes = new StringJoiner("+").setEmptyValue("none");
    for (Outcome outcome : OUTCOMES) {
      for (int i = told(tag, outcome); i > 0; i--) {
        outcomes.add(outcome.name());
      }
    }
    return outcomes.toString();
  }

  /**
   * The arbiter: {@code balanced} if the consumer has ended, every record was whole, and the
   * statistics have as many outcomes as offers.
   */
  String balance() {
    if (!pipeline.closeAsync().isDone()) {
      return "not ended";
    }
    if (tracepoint.torn() > 0) {
      return "torn records";
    }
    PipelineStatistics statistics = pipeline.statistics();
    return statistics.outcomes() == statistics.offered() ? "balanced" : statistics.toString();
  }

  private RecordClaim claim(int tag) {
    RecordClaim claim = pipeline.tryClaim(Records.LENGTH, 0, this::onOutcome, tag);
    taken[tag] = claim.isOpen();
    return claim;
  }

  private void onOutcome(long tag, Outcome outcome, int errno) {
    told.incrementAndGet((int) tag * OUTCOMES.length + outcome.ordinal());
  }

  private int told(int tag, Outcome outcome) {
    return told.get(tag * OUTCOMES.length + outcome.ordinal());
  }
}
